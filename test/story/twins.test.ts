import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { clears, difference, leftOn } from './node.ts';
import type { Ended } from './often.ts';
import type { Script } from './play.ts';
import { inController, netdiag } from './run.ts';

const OFTEN = join(import.meta.dirname, 'often.ts');
const HEALTHY: Ended = { outcome: 'nothing-found', findings: [], offers: 0, troubles: [] };

/** Every symptom that a person may report, each answer of the one that asks further. */
const SYMPTOMS: readonly Pick<Script, 'symptom' | 'answers'>[] = [
  { symptom: 'kubelet-unreachable' },
  { symptom: 'pods-unreachable' },
  { symptom: 'pods-cannot-get-out' },
  { symptom: 'something-else', answers: { which: 'to-the-node' } },
  { symptom: 'something-else', answers: { which: 'to-its-pods' } },
];

async function often(lab: Lab, node: string, times: number): Promise<readonly Ended[]> {
  const scripts = Array.from({ length: times }, () => SYMPTOMS.map((symptom) => ({ node, ...symptom }))).flat();
  const { stdout, stderr } = await inController(lab, [process.execPath, OFTEN, JSON.stringify(scripts)]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as readonly Ended[];
}

describe.skipIf(noLab)(`a healthy node is found healthy, and left as it is${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for([
    ['i1', 'ip-10-0-10-207'],
    ['i3', 'dev-slave-110'],
  ] as const)('the healthy twin of %s, 20 times', async ([name, node], { onTestFinished }) => {
    const lab = await startLab(name, { prefix: 'twin', twin: true, dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const [before, clean] = [await lab.nodeState(node), await leftOn(lab, node)];
    const ended = await often(lab, node, 4);
    expect(ended).toEqual(Array.from({ length: 20 }, () => HEALTHY));
    await clears(lab, node, clean);
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
  });

  test.concurrent.for([
    ['i1', 'ip-10-0-10-115', 'kubelet-unreachable'],
    ['i3', 'dev-slave-107', 'pods-unreachable'],
  ] as const)('the healthy peer of the sick node of %s, whatever is reported', async (row, { onTestFinished }) => {
    const [name, node, symptom] = row;
    const lab = await startLab(name, { prefix: 'peer', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const before = await lab.nodeState(node);
    expect(await often(lab, node, 1)).toEqual(SYMPTOMS.map(() => HEALTHY));
    const told = await netdiag(lab, ['diagnose', node, '--symptom', symptom, '--json']);
    expect(told).toMatchObject({ exit: 3, stderr: '' });
    expect(JSON.parse(told.stdout)).toMatchObject({ node, symptom, outcome: 'nothing-found', findings: [], plans: [] });
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
  });
});
