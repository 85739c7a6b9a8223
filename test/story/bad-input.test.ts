import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { must } from '../lab/command.ts';
import { type Chaos, type Lab, noLab, type Ran, skipNote, startLab } from '../lab/index.ts';
import { makeKeyPair } from '../lab/keys.ts';
import { inController, netdiag } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');
const subject = 'ip-10-0-10-207';
const peer = 'ip-10-0-10-115';
const symptom = ['--symptom', 'kubelet-unreachable'];

/** What a person sees: exit status, the first line of what went wrong, and whether a stack trace shows. */
function seen({ exit, stdout, stderr }: Ran): { exit: number | null; says: string; trace: boolean } {
  const says = stderr.split('\n')[0] ?? '';
  return { exit, says, trace: /^\s+at .*:\d+/m.test(`${stdout}${stderr}`) };
}

/** As much of `--json` as these tests look at. */
interface Document {
  readonly outcome: string;
  readonly door: string | null;
  readonly findings: readonly { readonly code: string; readonly statement: string }[];
  readonly unknown: readonly {
    readonly check: string;
    readonly gap: string;
    readonly node: string;
    readonly detail: string;
  }[];
  readonly troubles: readonly string[];
}

async function diagnosed(lab: Lab, node: string, env: NodeJS.ProcessEnv = {}, more: readonly string[] = []) {
  const ran = await netdiag(lab, ['diagnose', node, ...symptom, '--json', ...more], env);
  return { ...seen(ran), ...(JSON.parse(ran.stdout) as Document) };
}

describe.skipIf(noLab)(`bad input: one sentence, the right exit status${skipNote}`, { timeout: 90_000 }, () => {
  let lab: Lab;
  let files: string;

  beforeAll(async () => {
    files = mkdtempSync(join(tmpdir(), 'netdiag-bad-input-'));
    lab = await startLab('i1', { prefix: 'bad', twin: true, dialTimeoutMs: 2000 });
  });
  afterAll(async () => {
    await lab.down();
    rmSync(files, { recursive: true, force: true });
  });

  /** The lab's configuration with other SSH settings; gives the environment that names it. */
  function configured(name: string, ssh: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
    const config = parse(readFileSync(lab.configFile, 'utf8')) as { ssh: object };
    const path = join(files, name);
    writeFileSync(path, stringify({ ...config, ssh: { ...config.ssh, ...ssh } }));
    return { NETDIAG_CONFIG: path };
  }

  test.concurrent.for([
    [['ip-10-0-10-20'], 'No node of lab-i1 is called that. Did you mean ip-10-0-10-207 or'],
    [[''], 'diagnose wants exactly one node name.'],
    [['$(id)'], 'That is not a node name: lower-case letters, digits, "-" and "." only.'],
    [['--', '--help'], 'That is not a node name: lower-case letters, digits, "-" and "." only.'],
    [['--hlep'], "Unknown option '--hlep'"],
    [[subject, '--symptom', 'kubelet'], 'No symptom is called "kubelet"; did you mean kubelet-unreachable?'],
    [[subject, '--json'], 'The question "symptom" needs an answer: --answer symptom=kubelet-unreachable|'],
  ] as const)('netdiag diagnose %j', async ([args, sentence]) => {
    expect(seen(await netdiag(lab, ['diagnose', ...args]))).toEqual({
      exit: 2,
      says: expect.stringContaining(sentence),
      trace: false,
    });
  });

  test.concurrent('T17: a node that shows another host key gets no command', async () => {
    const lines = readFileSync(lab.knownHostsFile, 'utf8').trim().split('\n');
    const keys = lines.map((line) => line.split(' ').slice(1).join(' '));
    const shifted = lines.map((line, index) => `${line.split(' ')[0]} ${keys[(index + 1) % keys.length]}\n`);
    writeFileSync(join(files, 'known_hosts'), shifted.join(''));
    const env = configured('host-key.yml', { knownHostsFile: join(files, 'known_hosts') });
    const told = await diagnosed(lab, subject, env);
    expect(told).toMatchObject({ exit: 4, trace: false, outcome: 'unknown', findings: [{ code: 'no-door-opens' }] });
    expect(told.findings[0]?.statement).toMatch(
      /could not enter ip-10-0-10-207: it showed the host key SHA256:\S+, but known_hosts says SHA256:\S+ \(192\.168\.100\.207\)/,
    );
    expect(told.unknown.map(({ node, detail }) => [node, detail])).toContainEqual([
      subject,
      'anything on the node itself',
    ]);
  });

  test.concurrent('a key that the node refuses', async () => {
    const other = await makeKeyPair(join(files, 'other'), 'other');
    const told = await diagnosed(lab, subject, configured('key.yml', { privateKeyFile: other.file }));
    expect(told).toMatchObject({ exit: 4, trace: false, outcome: 'unknown' });
    expect(told.findings.map(({ statement }) => statement)).toEqual([
      'netdiag could not enter ip-10-0-10-207: the key was refused for user root (192.168.100.207). The API server calls it Ready.',
    ]);
  });

  test.concurrent('nothing listens: in through the peer, or else not at all', async () => {
    const deaf = { [subject]: { address: lab.nodes[subject]?.mgmt, port: 23 } };
    const nobody = { [subject]: { address: '192.168.100.99' } };
    const through = { ...deaf, [peer]: { address: lab.nodes[peer]?.mgmt } };
    const [jumped, closed, silent] = await Promise.all([
      diagnosed(lab, subject, configured('through.yml', { nodes: through })),
      diagnosed(lab, subject, configured('deaf.yml', { nodes: deaf })),
      diagnosed(lab, subject, configured('nobody.yml', { nodes: nobody })),
    ]);
    expect(jumped).toMatchObject({ exit: 3, trace: false, door: `10.0.10.207 through ${peer}` });
    expect(closed).toMatchObject({ exit: 4, trace: false, door: null });
    expect(silent).toMatchObject({ exit: 4, trace: false, door: null });
    const rest = `nor through ${peer}. The API server calls it Ready.`;
    expect([closed, silent].flatMap(({ findings }) => findings).map(({ statement }) => statement)).toEqual([
      `netdiag could not enter ${subject}: nothing listens on port 23 (192.168.100.207); there is no route to it from here (10.0.10.207, 10.0.10.190), ${rest}`,
      `netdiag could not enter ${subject}: there is no route to it from here (192.168.100.99, 10.0.10.207, 10.0.10.190), ${rest}`,
    ]);
  });

  test.concurrent('a playbook with mistakes: lint names their places, and nothing starts with it', async () => {
    const playbooks = join(files, 'project', 'playbooks');
    mkdirSync(join(files, 'project'));
    cpSync(join(ROOT, 'src'), join(files, 'project', 'src'), {
      recursive: true,
      filter: (path) => !path.includes('recorded/i'),
    });
    cpSync(join(ROOT, 'playbooks'), playbooks, { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(files, 'project', 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(files, 'project', 'node_modules'));
    const path = join(playbooks, 'kubelet-unreachable.yml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('uplink-up', 'uplink-upp').replace('proven: cause', 'proven: caus'),
    );
    const own = join(files, 'project', 'src/cli/netdiag');
    const lint = await inController(lab, [own, 'playbook', 'lint']);
    expect({ ...seen(lint), lines: lint.stdout.trim().split('\n') }).toEqual({
      exit: 2,
      says: '',
      trace: false,
      lines: [
        expect.stringMatching(/kubelet-unreachable\.yml:\d+:\d+ .*uplink-upp.*did you mean "?uplink-up"?/),
        expect.stringMatching(/kubelet-unreachable\.yml:\d+:\d+ .*caus.*did you mean "?cause"?/),
      ],
    });
    const diagnose = await inController(lab, [own, 'diagnose', subject, ...symptom]);
    expect(seen(diagnose)).toEqual({ exit: 2, says: expect.stringContaining('uplink-upp'), trace: false });
  });

  test.concurrent('T14: a node prints a line of 10 MB, and another hangs', async ({ onTestFinished }) => {
    const lab = await startLab('i1', { prefix: 'bad-node', twin: true, dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    await instead(lab, subject, 'ss', String.raw`head -c 10485760 /dev/zero | tr '\0' x; echo`);
    await instead(lab, peer, 'nft', 'exec sleep 1000000');
    const bundle = join(files, 'bundle.json');
    const [long, hanging] = await Promise.all([
      diagnosed(lab, subject, {}, ['--bundle', bundle]),
      diagnosed(lab, peer),
    ]);
    expect(long).toMatchObject({ exit: 3, trace: false, outcome: 'nothing-found' });
    expect(long.unknown).toContainEqual({
      check: 'kubelet-listens',
      gap: 'truncated',
      node: subject,
      detail: 'listening sockets: the output was longer than netdiag accepts',
    });
    const kept = JSON.parse(readFileSync(bundle, 'utf8')) as Bundle;
    expect(bytesOf(kept, 'ss-listen')).toBe('x'.repeat(1_048_576));
    expect(hanging).toMatchObject({ exit: 3, trace: false, outcome: 'nothing-found' });
    expect(hanging.unknown).toContainEqual({
      check: 'survey',
      gap: 'timed-out',
      node: peer,
      detail: expect.stringMatching(/^the nftables ruleset: no answer within 10\d{3} ms$/),
    });
    const { stdout } = await lab.exec(peer, ['ps', '-e', '-o', 'args=']);
    expect(stdout).not.toContain('sleep 1000000');
  });

  test.concurrent('an API server that fails, at first for the nodes and then for the rest', async ({
    onTestFinished,
  }) => {
    const lab = await startLab('i1', { prefix: 'bad-api', twin: true, dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const fails = (...chaos: Chaos[]): void => lab.changeCluster((state) => ({ ...state, chaos }));

    const sentences: string[] = [];
    for (const answer of [403, 404, 500, 'html', 'cut'] as const) {
      fails({ path: '/api/v1/nodes', answer });
      const told = seen(await netdiag(lab, ['diagnose', subject, ...symptom]));
      expect(told).toMatchObject({ exit: 4, trace: false });
      sentences.push(told.says);
    }
    const sentence = (why: string, advice: string) =>
      expect.stringMatching(
        new RegExp(
          `^I could not list the nodes: the API server \\S+ ${why}.*; netdiag therefore cannot see .* — ${advice}`,
        ),
      );
    expect(sentences).toEqual([
      sentence('refused \\(403\\)', 'allow system:serviceaccount:netdiag:netdiag the verb "list" on nodes'),
      sentence('has no such thing \\(404\\)', 'check the name'),
      sentence('answered with status 500', 'look at the API server itself'),
      sentence('answered with text/html instead of JSON', 'check the server address and the proxy'),
      sentence('could not be reached', 'check the cluster settings'),
    ]);

    // What is not decisive is named, and the node is looked at all the same.
    fails(
      { path: '/api/v1/pods', answer: 403 },
      { path: '/apis/apps/v1/daemonsets', answer: 'html' },
      { path: '/api/v1/events', answer: 404 },
      { path: '/apis/discovery.k8s.io', answer: 'hang' },
    );
    const told = await diagnosed(lab, subject);
    expect(told).toMatchObject({ exit: 3, trace: false, outcome: 'nothing-found' });
    const because = (what: string, why: string) =>
      expect.stringMatching(new RegExp(`^I could not .*${what}.*: .*${why}`));
    expect(told.troubles).toEqual(
      expect.arrayContaining([
        because('pods', 'refused \\(403\\)'),
        because('DaemonSets', 'text/html'),
        because('events', '404'),
        because("API servers' addresses", 'did not answer within 10 s'),
      ]),
    );
  });
});

/** As much of a bundle as is looked at. */
interface Bundle {
  readonly state: {
    readonly answers: Readonly<
      Record<string, { readonly question: { role: string; probe: string }; readonly output: string }>
    >;
  };
  readonly bytes: Readonly<Record<string, { readonly text?: string }>>;
}

function bytesOf({ state, bytes }: Bundle, probe: string): string | undefined {
  const answer = Object.values(state.answers).find(
    ({ question }) => question.role === 'subject' && question.probe === probe,
  );
  return bytes[answer?.output ?? '']?.text;
}

/** Puts a program of ours before the system's on a node. */
async function instead(lab: Lab, node: string, program: string, script: string): Promise<void> {
  const write = `cat >/usr/local/sbin/${program} && chmod 755 /usr/local/sbin/${program}`;
  await must(lab.enter(node, ['sh', '-c', write]), { input: `#!/bin/sh\n${script}\n` });
}
