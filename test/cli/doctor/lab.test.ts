import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { DoctorDocument } from '../../../src/cli/doctor/document.ts';
import type { Announcement } from '../../../src/sandbox/announce.ts';
import { type Lab, noLab, skipNote, startLab } from '../../lab/index.ts';

const SUBJECT = 'ip-10-0-10-207';
const ours = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));

/** The practice workspace beside the doctor, and the environment of both of them. */
async function surroundings(lab: Lab): Promise<NodeJS.ProcessEnv> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-doctor-lab-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const workspace = lab.spawnInController([process.execPath, ours('sandbox/main.ts')]);
  onTestFinished(() => void workspace.stdin?.end());
  workspace.stderr?.resume();
  if (workspace.stdout === null) throw new TypeError('the workspace has no stdout');
  const [line] = (await once(createInterface({ input: workspace.stdout }), 'line')) as [string];
  const { users, ...said } = JSON.parse(line) as Announcement;
  const file = join(directory, 'netdiag.yml');
  const added = {
    approval: { approvers: [users.approver, users.otherApprover] },
    channels: [said.channel],
    journal: { url: `sqlite:${join(directory, 'journal.db')}` },
  };
  writeFileSync(file, stringify({ ...(parse(readFileSync(lab.configFile, 'utf8')) as object), ...added }));
  const tokens = { SLACK_BOT_TOKEN: said.botToken, SLACK_APP_TOKEN: said.appToken, SLACK_API_URL: said.slackApiUrl };
  return { ...tokens, NETDIAG_CONFIG: file };
}

async function doctor(
  lab: Lab,
  ...args: readonly string[]
): Promise<{ exit: number; told: DoctorDocument; text: string }> {
  const env = await surroundings(lab);
  const child = lab.spawnInController([ours('cli/netdiag'), 'doctor', '--json', ...args], { env });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const [exit] = (await once(child, 'close')) as [number];
  expect(err).toBe('');
  return { exit, told: JSON.parse(out) as DoctorDocument, text: out };
}

test.skipIf(noLab)(
  `a node whose replies leave by the wrong interface: the closed door is named, nothing is changed${skipNote}`,
  { timeout: 60_000 },
  async () => {
    const lab = await startLab('i1-one-door', { prefix: 'doctor' });
    onTestFinished(() => lab.down());
    const before = await lab.nodeState(SUBJECT, ['/var/lib/netdiag']);
    const { exit, told } = await doctor(lab, SUBJECT);
    expect(exit).toBe(0);
    expect(told.counts).toMatchObject({ warning: 1, fault: 0, unseen: 0 });
    expect(told.items.find(({ health }) => health === 'warning')).toMatchObject({
      id: 'node.door',
      of: SUBJECT,
      seen: '10.0.10.190 opened; 10.0.10.207 closed: no answer within 5 s',
    });
    expect(await lab.nodeState(SUBJECT, ['/var/lib/netdiag'])).toBe(before);
    const writes = lab
      .apiCalls()
      .filter(({ verb, resource }) => !['get', 'list'].includes(verb) && resource !== 'selfsubjectaccessreviews');
    expect(writes).toEqual([]);
  },
);

test.skipIf(noLab)(
  `its healthy twin is green, by every door and with every right${skipNote}`,
  { timeout: 60_000 },
  async () => {
    const lab = await startLab('i1-one-door', { prefix: 'doctor', twin: true });
    onTestFinished(() => lab.down());
    const { exit, told } = await doctor(lab, SUBJECT);
    expect(told.items.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect([exit, told.health]).toEqual([0, 'ok']);
    expect(told.items.find(({ id }) => id === 'node.door')?.seen).toBe('10.0.10.207, 10.0.10.190 opened');
  },
);

test.skipIf(noLab)(
  `a host key that is not the node's is a fault, and nothing of the node is green${skipNote}`,
  { timeout: 60_000 },
  async () => {
    const lab = await startLab('i1-one-door', { prefix: 'doctor', twin: true });
    onTestFinished(() => lab.down());
    const known = readFileSync(lab.knownHostsFile, 'utf8').split('\n');
    const [subject, other] = [SUBJECT, 'ip-10-0-10-115'].map(
      (name) => known.find((line) => line.startsWith(name)) ?? '',
    );
    const swapped = `${subject?.split(' ')[0]} ${other?.split(' ').slice(1).join(' ')}`;
    writeFileSync(lab.knownHostsFile, known.map((line) => (line === subject ? swapped : line)).join('\n'));
    const { exit, told } = await doctor(lab, SUBJECT);
    expect(exit).toBe(1);
    const node = told.items.filter(({ of }) => of === SUBJECT);
    expect(node.find(({ id }) => id === 'node.host-key')).toMatchObject({
      health: 'fault',
      mend: expect.stringMatching(/^Run ssh-keygen -f \S+ -R ip-10-0-10-207; ssh-keyscan 10\.0\.10\.207 >> /) as string,
    });
    expect(node.filter(({ health }) => health === 'ok')).toEqual([]);
  },
);
