import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noLab, skipNote, startLab } from '../lab/index.ts';
import { ledgerOf } from './node.ts';
import { configuration, openWorkspace, ours } from './workspace.ts';

const NODE = 'ip-10-0-10-207';

test.skipIf(noLab)(
  `a real broken node is repaired through Slack's protocol, with a restart in the middle${skipNote}`,
  { timeout: 90_000 },
  async ({ onTestFinished }) => {
    const lab = await startLab('i1', { prefix: 'slack', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const directory = mkdtempSync(join(tmpdir(), 'netdiag-slack-lab-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const { workspace, child } = await openWorkspace(lab);
    onTestFinished(() => void child.stdin?.end());
    const env = { ...workspace.env, NETDIAG_CONFIG: configuration(lab, directory) };

    const serve = (): { stop: () => Promise<number | null>; said: () => string } => {
      const bot = lab.spawnInController([ours('cli/netdiag'), 'serve'], { env });
      let said = '';
      bot.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
      bot.stdout?.resume();
      const gone = once(bot, 'exit') as Promise<[number | null]>;
      const stop = async (): Promise<number | null> => {
        bot.kill('SIGTERM');
        return (await gone)[0];
      };
      onTestFinished(async () => void (bot.exitCode === null && bot.signalCode === null && (await stop())));
      return { stop, said: () => said };
    };

    const first = serve();
    await workspace.attended();
    await workspace.command(`/netdiag ${NODE}`);
    expect(await workspace.press('kubectl logs/exec fails', 'requester')).toBe(true);
    await workspace.spoken(/^Sending 7 marked packets/);
    expect(await first.stop()).toBe(0);

    const second = serve();
    await workspace.spoken(/Replies from 10\.0\.10\.207 leave through the wrong interface/);
    expect(await workspace.press('Approve Fix A', 'requester')).toBe(true);
    await workspace.spoken(/^You started this incident, so someone else has to approve/);
    expect(await lab.healthy()).toBe(false);
    expect(await workspace.press('Approve Fix A', 'approver')).toBe(true);
    await workspace.spoken(/^Repaired in \d+ s of machine time · ip-10-0-10-207/);
    expect(await lab.healthy()).toBe(true);
    expect(await ledgerOf(lab, NODE)).toMatchObject([{ state: 'confirmed' }]);

    await workspace.spoken(/^ip-10-0-10-207 · Repaired/);
    const [live, ...thread] = (await workspace.messages()).filter(({ only }) => only === undefined);
    expect(thread.map(({ thread_ts }) => thread_ts)).toEqual(thread.map(() => live?.ts));
    for (const once of [
      /^✓ kubectl logs/,
      /^✓ Sent 14/,
      /^ip-10-0-10-207: Replies from/,
      /^Approved: fix A/,
      /^Repaired in/,
    ])
      expect(thread.filter(({ text }) => once.test(text))).toHaveLength(1);
    expect(thread.flatMap(({ files = [] }) => files)).toHaveLength(4);
    expect(await workspace.violations()).toEqual([]);
    expect(await second.stop()).toBe(0);
    expect(`${first.said()}${second.said()}`).not.toMatch(/"level":"?(error|50)/);
  },
);
