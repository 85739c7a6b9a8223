import { describe, expect, test } from 'vitest';
import type { Effect, IncidentState, Plan } from '../../../src/model/index.ts';
import { lookBack } from '../../../src/shell/deed/look-back.ts';
import { gaveUp } from '../../../src/shell/gave-up.ts';
import { fakeCluster } from '../../fake/cluster.ts';
import type { FakeNode } from '../../fake/node-shell.ts';
import { CNI } from '../../fake/scene.ts';
import { mended } from '../../incident/cluster-tale.ts';
import { repaired, type Tale } from '../../incident/tale.ts';
import { bench, type Bench, NODES } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
const UNDO = 'f'.repeat(32);

type Deed = Extract<Effect, { do: 'look-back' }>;

function deed(plan: Plan, change: Partial<Deed> = {}): Deed {
  return { key: '1-look-back', do: 'look-back', plan, undo: UNDO, applied: false, through: null, ...change };
}

function fixOf(tale: Tale): { readonly state: IncidentState; readonly plan: Plan } {
  return { state: tale.state, plan: tale.offer('A').plan };
}

/** A node on which every lookup of the plan says `says`. */
function saying(plan: Plan, says: string, node: FakeNode = {}): Bench {
  const outputs = Object.fromEntries(plan.preconditions.map(({ argv }) => [argv.join(' '), says]));
  return bench({ nodes: { [NODE]: { ...node, outputs: { ...outputs, ...node.outputs } } } });
}

describe('looking back at what a fix has left', () => {
  test('reads its own lookups, in their order, and who answers', async () => {
    const { state, plan } = fixOf(repaired());
    const at = saying(plan, 'now\n');
    expect(await lookBack(at.ports, state, deed(plan))).toMatchObject({
      is: 'looked-back',
      plan: plan.id,
      undo: UNDO,
      said: plan.preconditions.map(() => 'now\n'),
      identity: { name: NODE },
      door: { address: '10.0.10.207' },
    });
    expect(at.nodes.asked.some((line) => line.startsWith('apply'))).toBe(false);
  });

  test('reads the files that it wrote as well, before its undo is offered', async () => {
    const { state, plan } = fixOf(repaired());
    const argv = ['install', '-m', '0644', '/dev/stdin', '/etc/x.conf'];
    const wrote = { ...plan, steps: [{ kind: 'node-command', node: NODE, argv, stdin: 'a = 1\n' }] } as const;
    const at = saying(plan, 'now\n', { outputs: { 'cat /etc/x.conf': 'a = 2\n' } });
    expect(await lookBack(at.ports, state, deed(wrote))).toMatchObject({ said: ['now\n', 'now\n', 'a = 2\n'] });
    expect(await lookBack(at.ports, state, deed(wrote, { applied: true }))).toMatchObject({ said: ['now\n', 'now\n'] });
  });

  test('what was cut off or timed out was not read', async () => {
    const { state, plan } = fixOf(repaired());
    const [first, second] = plan.preconditions.map(({ argv }) => argv.join(' '));
    const outputs = { [first ?? '']: { truncated: true, stdout: 'no' }, [second ?? '']: { timedOut: true } };
    const at = saying(plan, '', { outputs });
    expect(await lookBack(at.ports, state, deed(plan))).toMatchObject({ said: [null, null] });
  });

  test('comes in through the doors of before, and says so where none opens', async () => {
    const { state, plan } = fixOf(repaired());
    const at = saying(plan, 'now\n', { closed: { '10.0.10.207': 'connection timed out' } });
    const happening = await lookBack(at.ports, state, deed(plan, { applied: true, through: ['10.0.10.207'] }));
    expect(happening).toMatchObject({ door: null, failure: expect.stringContaining('10.0.10.207') as string });
  });

  test('a node that has restored itself meanwhile is no undo', async () => {
    const { state, plan } = fixOf(repaired());
    const at = saying(plan, '');
    const reached = await at.nodes.open({ name: NODE, addresses: [{ address: '10.0.10.207', from: 'node-status' }] });
    const session = reached.reached ? reached.session : null;
    await session?.change({ fix: UNDO, planHash: 'h', rollbackSeconds: 1, preconditions: [], apply: [], undo: [] });
    await session?.ledger(UNDO, 'roll-back');
    expect(await lookBack(at.ports, state, deed(plan, { applied: true }))).toMatchObject({
      failure: expect.stringMatching(/^When a new connection opened, it was too late\./) as string,
    });
  });

  const holding = (generation: number): Bench => {
    const workload = { uid: 'ds-1', generation, updateStrategy: 'OnDelete' } as const;
    const cni = { ...CNI, daemonSet: 'kube-system/aws-node', container: 'aws-node', workload };
    return bench({ cluster: fakeCluster({ name: 'prod-east', nodes: NODES, cni }) });
  };

  test('asks the API server what the patches would change on the objects as they are now', async () => {
    const { state, plan } = fixOf(mended());
    const at = holding(9);
    const happening = await lookBack(at.ports, state, deed(plan));
    expect(happening).toMatchObject({
      generations: { 'aws-node': 9 },
      rehearsal: expect.arrayContaining(['DaemonSet kube-system/aws-node']) as string[],
    });
    expect(at.cluster.asked.some((line) => line.startsWith('patch'))).toBe(false);
  });

  test('an API server that refuses is a failure, one that stays away is asked again later', async () => {
    const { state, plan } = fixOf(mended());
    const at = holding(9);
    at.cluster.fail('rehearse', 'denied', 'You may not patch.', 1);
    expect(await lookBack(at.ports, state, deed(plan))).toMatchObject({ failure: 'You may not patch.' });
    at.cluster.fail('rehearse', 'timed-out', 'Nobody answered.', 1);
    await expect(lookBack(at.ports, state, deed(plan))).rejects.toThrow('Nobody answered.');
    expect(gaveUp(deed(plan), 'Nobody answered.')).toMatchObject({
      is: 'looked-back',
      failure: expect.stringContaining('Nobody answered.') as string,
    });
  });
});
