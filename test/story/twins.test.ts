import { describe, expect, test } from 'vitest';
import { noLab, skipNote, startLab } from '../lab/index.ts';
import { difference } from './node.ts';
import { netdiag } from './run.ts';
import { WAYS } from './take.ts';
import { HEALTHY, often, twin } from './twins.ts';

/** Those of which no healthy peer is asked below, every symptom once; `npm run trial -- twins` is about all of them, a hundred times. */
const EVERYDAY = ['i2-mac', 'i4a', 'i5'];

describe.skipIf(noLab)(`a healthy node is found healthy, and left as it is${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for(EVERYDAY)('the healthy twin of %s, whatever is reported', async (name) => {
    expect(await twin(name, WAYS.length)).toEqual([]);
  });

  test.concurrent.for([
    ['i1', 'ip-10-0-10-115', 'kubelet-unreachable'],
    ['i3', 'dev-slave-107', 'pods-unreachable'],
  ] as const)('the healthy peer of the sick node of %s, whatever is reported', async (row, { onTestFinished }) => {
    const [name, node, symptom] = row;
    const lab = await startLab(name, { prefix: 'peer', dialTimeoutMs: 2000 });
    onTestFinished(() => lab.down());
    const before = await lab.nodeState(node);
    expect(await often(lab, node, WAYS.length)).toEqual(WAYS.map(() => HEALTHY));
    const told = await netdiag(lab, ['diagnose', node, '--symptom', symptom, '--json']);
    expect(told).toMatchObject({ exit: 3, stderr: '' });
    expect(JSON.parse(told.stdout)).toMatchObject({ node, symptom, outcome: 'nothing-found', findings: [], plans: [] });
    expect(difference(before, await lab.nodeState(node))).toEqual([]);
  });
});
