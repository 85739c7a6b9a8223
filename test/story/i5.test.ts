import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/model/index.ts';
import { type Lab, noLab, skipNote, startLab } from '../lab/index.ts';
import { podsOn } from '../lab/topology/eni.ts';
import { clears, difference, leftOn } from './node.ts';
import { tell, waitingOffer } from './tell.ts';

const NODE = 'ip-172-31-53-61';

async function raised(onTestFinished: (end: () => Promise<void>) => void): Promise<Lab> {
  const lab = await startLab('i5', { prefix: 'i5', dialTimeoutMs: 2000 });
  onTestFinished(() => lab.down());
  return lab;
}

const codes = ({ findings }: IncidentState): string[] => findings.map(({ code }) => code);

describe.skipIf(noLab)(`the address manager freed an ENI that pods use${skipNote}`, { timeout: 90_000 }, () => {
  test.concurrent('and is mended in three steps, each approved', async ({ onTestFinished }) => {
    const lab = await raised(onTestFinished);
    expect(await lab.symptom()).toBe(true);
    const [before, clean] = [await lab.nodeState(NODE), await leftOn(lab, NODE)];
    const told = tell(lab, { node: NODE, symptom: 'connections-time-out', approve: 'every' });
    const state = await told.offered();

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
    expect(finding?.proof).toMatch(/^None of \d+ marked packets to 172\.31\./);
    expect(difference(before, await lab.nodeState(NODE)), 'looking at a node changes nothing').toEqual([]);
    await clears(lab, NODE, clean);

    const stages = ['stop-eni-scale-in', 'correct-runtime-mount', 'recreate-orphaned-pods'];
    for (const [index, letter] of ['A', 'B', 'C'].entries()) {
      const { plan } = waitingOffer(index === 0 ? state : await told.offered(), letter);
      expect([plan.remediation, plan.stage]).toEqual([stages[index], { at: index + 1, of: 3 }]);
      expect(plan.approvals, 'one person alone does not let six pods be deleted').toBe(index === 2 ? 2 : 1);
      told.approve();
    }
    const { state: after } = await told.ending();
    expect(after.troubles).toEqual([]);
    expect(after.outcome).toBe('repaired');
    expect(after.questions).toHaveLength(1);
    expect(await lab.observe('healthy')).toMatchObject({ holds: true });
  });
});
