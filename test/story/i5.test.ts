import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { podsOn } from '../lab/topology/eni.ts';
import { clears, difference, leftOn } from './node.ts';
import { tell } from './tell.ts';

const NODE = 'ip-172-31-53-61';

async function raised(onTestFinished: (end: () => Promise<void>) => void, twin = false): Promise<Lab> {
  const lab = await startLab('i5', { prefix: 'i5', dialTimeoutMs: 2000, twin });
  onTestFinished(() => lab.down());
  return lab;
}

const codes = ({ findings }: IncidentState): string[] => findings.map(({ code }) => code);

describe.skipIf(noLab)(`the address manager freed an ENI that pods use${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent.for([
    ['pods-unreachable', 'went elsewhere'],
    ['connections-time-out', 'None of 14 marked packets to 172.31.'],
  ] as const)('reported as %s', async ([symptom, proof], context) => {
    const lab = await raised(context.onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const { state } = await tell(lab, { node: NODE, symptom }).ending();

    expect(codes(state)).toEqual(['ipamd-freed-eni-in-use']);
    const [finding] = state.findings;
    expect(finding?.confidence).toBe('proven');
    expect(finding?.facts).toMatchObject({
      mounted: '/run/containerd/containerd.sock',
      wanted: '/var/run/docker.sock',
      volume: 'dockersock',
    });
    expect(finding?.facts['orphans']).toHaveLength(podsOn('eth1').length);
    expect(state.questions).toHaveLength(1);
    const lines = finding?.evidence.map(({ subject }) => subject.line) ?? [];
    const sequence = ['(attempt 5/5)', 'due to no matching container', 'used = 0', 'Successfully freed ENI'];
    expect(sequence.map((part) => lines.findIndex((line) => line.includes(part)))).toEqual([0, 1, 2, 3]);
    for (const { subject } of finding?.evidence ?? []) {
      const { stdout } = await lab.exec(subject.node, ['sh', '-c', subject.command]);
      expect(stdout.split('\n').map((one) => one.trim())).toContain(subject.line.trim());
    }
    expect(finding?.proof).toContain(proof);

    expect(state.offers, 'what mends it is no node command').toEqual([]);
    expect(state.outcome).toBe('advice');
    const told = JSON.stringify(state.telling);
    const steps = [
      'First stop the harm',
      'Then mount the right socket',
      'Last, delete the orphaned pods one at a time',
    ];
    expect(steps.map((step) => told.indexOf(step))).not.toContain(-1);
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);
    await clears(lab, NODE, clean);

    await lab.fix();
    const again = await tell(lab, { node: NODE, symptom }).ending();
    expect(codes(again.state)).toEqual([]);
    expect(again.state.outcome).toBe('nothing-found');
  });

  test.concurrent('its healthy twin has no finding', async ({ onTestFinished }) => {
    const lab = await raised(onTestFinished, true);
    const before = await lab.nodeState(NODE);
    for (const symptom of ['pods-unreachable', 'connections-time-out']) {
      const { state } = await tell(lab, { node: NODE, symptom }).ending();
      expect(codes(state)).toEqual([]);
      expect(state.outcome).toBe('nothing-found');
    }
    expect(difference(before, await lab.nodeState(NODE))).toEqual([]);
  });
});
