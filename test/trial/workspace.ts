import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab } from '../lab/index.ts';
import { configuration, openWorkspace, ours } from '../story/workspace.ts';

/** Every lab, the node that is asked about, and the button of what people see there. */
const LABS: Readonly<Record<string, readonly [string, string]>> = {
  i1: ['ip-10-0-10-207', 'kubectl logs/exec fails'],
  'i1-strict': ['ip-10-0-10-207', 'kubectl logs/exec fails'],
  'i1-one-door': ['ip-10-0-10-207', 'kubectl logs/exec fails'],
  'i2-mac': ['kylin-19', "Pods can't get out, DNS fails"],
  'i2-local': ['kylin-19', "Pods can't get out, DNS fails"],
  i3: ['dev-slave-110', 'Pods unreachable'],
  'i3-uplink': ['dev-slave-110', 'Pods unreachable'],
  i4a: ['ip-172-31-53-61', 'Some connections time out'],
  i4b: ['ip-172-31-53-61', 'Some connections time out'],
  i5: ['ip-172-31-53-61', 'Some connections time out'],
};
const MOST_MS = 120_000;

/** Plays every lab, or those named, from `/netdiag` to healthy through the practice workspace. True when all end repaired and healthy. */
export async function workspaceTrial(names: readonly string[]): Promise<boolean> {
  let failures = 0;
  for (const name of names.length === 0 ? Object.keys(LABS) : names) {
    const began = performance.now();
    const complaint = await played(name).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (complaint !== null) failures += 1;
    const took = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(`${name}: ${complaint ?? 'repaired and healthy'}, ${took} s\n`);
  }
  return failures === 0;
}

async function played(name: string): Promise<string | null> {
  const [node, symptom] = LABS[name] ?? [];
  if (node === undefined || symptom === undefined)
    return `no lab is called so; there are ${Object.keys(LABS).join(', ')}`;
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-workspace-'));
  const lab = await startLab(name, { prefix: 'space', dialTimeoutMs: 2000 });
  try {
    const { workspace, child } = await openWorkspace(lab);
    const env = { ...workspace.env, NETDIAG_CONFIG: configuration(lab, directory) };
    const bot = lab.spawnInController([ours('cli/netdiag'), 'serve'], { env });
    bot.stdout?.resume();
    bot.stderr?.resume();
    try {
      await workspace.attended();
      await workspace.command(`/netdiag ${node}`);
      await workspace.press(symptom, 'requester');
      const until = Date.now() + MOST_MS;
      for (let over = false; !over;) {
        if (Date.now() > until) return 'it came to no end';
        for (const label of await workspace.approvals())
          for (const who of ['approver', 'otherApprover'] as const)
            await workspace.press(label, who).catch(() => false);
        over = (await workspace.messages()).some(({ text }) =>
          /^(Repaired in|Not repaired|The cause is known|Nothing wrong|I do not know)/.test(text),
        );
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      const messages = await workspace.messages();
      if (!messages.some(({ text }) => text.startsWith('Repaired in')))
        return `it ended as: ${messages.at(-1)?.text ?? ''}`;
      const bad = await workspace.violations();
      if (bad.length > 0) return bad.join('; ');
      return (await lab.healthy()) ? null : 'it says repaired, and the lab is not healthy';
    } finally {
      bot.kill('SIGTERM');
      await new Promise((resolve) => (bot.exitCode === null ? bot.once('exit', resolve) : resolve(null)));
      child.stdin?.end();
    }
  } finally {
    await lab.down();
    rmSync(directory, { recursive: true, force: true });
  }
}
