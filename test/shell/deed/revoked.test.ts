import { describe, expect, test } from 'vitest';
import { tokenOf } from '../../../src/incident/turn.ts';
import type { Effect, IncidentState } from '../../../src/model/index.ts';
import { change } from '../../../src/shell/deed/change.ts';
import { clusterStep } from '../../../src/shell/deed/cluster-step.ts';
import { notApproved } from '../../../src/shell/not-approved.ts';
import { fakeCluster, podNamed } from '../../fake/cluster.ts';
import { THIRD } from '../../fake/house.ts';
import { CNI } from '../../fake/scene.ts';
import { approve, clusterHouse, offered, prepared, RESTART } from '../../incident/cluster-tale.ts';
import { changing, START, type Tale } from '../../incident/tale.ts';
import { bench, type Bench, NODES } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };

function deed<Do extends Effect['do']>(tale: Tale, what: Do): Extract<Effect, { do: Do }> {
  const found = tale.effects.findLast((effect) => effect.do === what);
  if (found === undefined) throw new RangeError(`nothing to ${what}`);
  return found as Extract<Effect, { do: Do }>;
}

/** A bench on which the plan of the story could run, whose journal holds the incident as it is now. */
async function holding(tale: Tale, now: IncidentState): Promise<Bench> {
  const plan = tale.offer().plan;
  const outputs = Object.fromEntries(plan.preconditions.map(({ argv, stdout }) => [argv.join(' '), stdout]));
  const cluster = fakeCluster({
    name: 'prod-east',
    nodes: NODES,
    pods: [
      podNamed('agent', NODE, '10.0.10.207', { namespace: 'kube-system', owner: 'DaemonSet/aws-node', uid: 'old' }),
    ],
    cni: {
      ...CNI,
      daemonSet: 'kube-system/aws-node',
      container: 'aws-node',
      workload: { uid: 'ds-1', generation: 4, updateStrategy: 'OnDelete' },
    },
  });
  const made = bench({ cluster, nodes: { [NODE]: { identity: SAME, outputs } } });
  made.clock.pass(START - made.clock.now() + 60_000);
  const event = { is: 'woken', name: 'nothing', at: made.clock.now(), seed: 's' } as const;
  await made.journal.advance({ incident: now.id, from: 0, event, state: now, effects: [], audit: [] });
  return made;
}

function revoke(tale: Tale): Tale {
  return tale.press(tokenOf(tale.state, { means: 'revoke', plan: tale.offer().plan.id }) ?? '', THIRD);
}

const applied = ({ nodes }: Bench): number => nodes.asked.filter((line) => line.startsWith('apply')).length;
const asked = ({ cluster }: Bench): number => cluster.asked.filter((line) => /^(?:patch|deletePod)/.test(line)).length;

describe('T6: an approval that is revoked before the plan is handed over', () => {
  test('T6: the node is not given it, though the effect had begun before that', async () => {
    const tale = changing();
    const then = tale.state;
    const at = await holding(tale, revoke(tale).state);
    expect(await change(at.ports, then, deed(tale, 'change'))).toEqual({
      is: 'held',
      plan: tale.offer().plan.id,
      sentence: 'third revoked its approval before it had begun.',
    });
    expect(applied(at)).toBe(0);
  });

  test('a plan that nobody has revoked is handed over', async () => {
    const tale = changing();
    const at = await holding(tale, tale.state);
    expect(await change(at.ports, tale.state, deed(tale, 'change'))).toMatchObject({ entry: { state: 'applied' } });
    expect(applied(at)).toBe(1);
  });

  test('what the node has taken already is asked for its end, not begun again', async () => {
    const tale = changing();
    const at = await holding(tale, tale.state);
    await change(at.ports, tale.state, deed(tale, 'change'));
    const late = revoke(tale).state;
    expect(await change(at.ports, late, deed(tale, 'change'))).toMatchObject({ entry: { state: 'applied' } });
    expect(applied(at)).toBe(1);
  });

  test('T6: no pod is deleted, and as it is still there nothing has to be taken back', async () => {
    const tale = prepared(approve(offered(clusterHouse(RESTART))), { there: ['old'] });
    const step = deed(tale, 'cluster-step');
    const at = await holding(tale, revoke(tale).state);
    expect(await clusterStep(at.ports, tale.state, step)).toMatchObject({ outcome: 'refused' });
    expect(asked(at)).toBe(0);
  });

  test('T6: no object is patched; whether an earlier run did is not certain, so it is taken back', async () => {
    const tale = prepared(approve(offered()));
    const step = deed(tale, 'cluster-step');
    const at = await holding(tale, revoke(tale).state);
    const happening = await clusterStep(at.ports, tale.state, step);
    expect(happening).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('revoked') as string });
    expect(asked(at)).toBe(0);
    tale.take(happening);
    expect(tale.state.life).toBe('settling');
    expect(deed(tale, 'cluster-step')).toMatchObject({ list: 'undo', nth: 0 });
  });

  test('a step that nobody has revoked is done', async () => {
    const tale = prepared(approve(offered()));
    const at = await holding(tale, tale.state);
    await clusterStep(at.ports, tale.state, deed(tale, 'cluster-step'));
    expect(asked(at)).toBe(1);
  });
});

describe('the executor counts for itself', () => {
  const { plan, approval } = deed(changing(), 'change');

  test('one of one', () => {
    expect(notApproved(plan, approval, 0)).toBeNull();
  });

  test.each([
    ['nobody', []],
    ['somebody who approved another plan', approval.consents.map((one) => ({ ...one, planHash: 'x' }))],
    ['somebody who came too late', approval.consents.map((one) => ({ ...one, at: plan.expiresAt }))],
  ])('%s is too few', (_, consents) => {
    expect(notApproved(plan, { ...approval, consents }, 0)).toContain('Fewer people');
  });
});
