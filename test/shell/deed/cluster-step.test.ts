import { describe, expect, test } from 'vitest';
import type { Effect, Happening, IncidentState, Plan } from '../../../src/model/index.ts';
import { clusterStep } from '../../../src/shell/deed/cluster-step.ts';
import { prepare } from '../../../src/shell/deed/prepare.ts';
import { gaveUp } from '../../../src/shell/gave-up.ts';
import { fakeCluster, podNamed } from '../../fake/cluster.ts';
import { CNI } from '../../fake/scene.ts';
import { begun, prepared, stepped } from '../../incident/cluster-tale.ts';
import { START, type Tale } from '../../incident/tale.ts';
import { bench, type Bench, NODES } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };
const OWNER = 'DaemonSet/aws-node';
const OLD = podNamed('agent', NODE, '10.0.10.207', { namespace: 'kube-system', owner: OWNER, uid: 'old' });
const ROUTES = ['part routes', 'default via 10.0.10.1 dev eth0'];

type Step = Extract<Effect, { do: 'cluster-step' }>;
type Prepare = Extract<Effect, { do: 'prepare' }>;

/** A cluster and a node as the plan was made for them. */
function holding(change: Parameters<typeof bench>[0] = {}): Bench {
  const workload = { uid: 'ds-1', generation: 4, updateStrategy: 'OnDelete' } as const;
  const cluster = fakeCluster({
    name: 'prod-east',
    nodes: NODES,
    pods: [OLD],
    cni: { ...CNI, daemonSet: 'kube-system/aws-node', container: 'aws-node', workload },
  });
  const made = bench({ cluster, nodes: { [NODE]: { identity: SAME, state: ROUTES } }, ...change });
  made.clock.pass(START - made.clock.now() + 60_000);
  return made;
}

function deed<Do extends 'prepare' | 'cluster-step'>(tale: Tale, what: Do): Extract<Effect, { do: Do }> {
  const found = tale.wanted.find((effect) => effect.do === what);
  if (found === undefined) throw new RangeError(`nothing to ${what}`);
  return found as Extract<Effect, { do: Do }>;
}

/** The incident goes on with what a deed told. */
async function preparing(at: Bench, tale: Tale): Promise<Tale> {
  return tale.take(await prepare(at.ports, tale.state, deed(tale, 'prepare')));
}

async function doing(at: Bench, tale: Tale): Promise<Happening> {
  return clusterStep(at.ports, tale.state, deed(tale, 'cluster-step'));
}

const asked = ({ cluster }: Bench, what: string): number =>
  cluster.asked.filter((line) => line.startsWith(what)).length;
const changed = (at: Bench): number => asked(at, 'patch') + asked(at, 'deletePod');
const kept = async ({ journal }: Bench, digest: string | null): Promise<string | null> => {
  const bytes = digest === null ? null : await journal.bytes(digest);
  return bytes === null ? null : Buffer.from(bytes).toString();
};

describe('preparing a step', () => {
  const first = async (at: Bench, change: Partial<Prepare> = {}): Promise<Extract<Happening, { is: 'prepared' }>> => {
    const tale = begun();
    const happening = await prepare(at.ports, tale.state, { ...deed(tale, 'prepare'), ...change });
    if (happening.is !== 'prepared') throw new Error(happening.is);
    return happening;
  };

  test("keeps the node's state before the first step, and changes nothing", async () => {
    const at = holding();
    const { before, refusal } = await first(at);
    expect(refusal).toBeUndefined();
    expect(await kept(at, before)).toBe(`${ROUTES.join('\n')}\n`);
    expect(changed(at)).toBe(0);
  });

  test('without a door, or a state that can be read, goes on with nothing to compare', async () => {
    const shut = { identity: SAME, closed: { '10.0.10.207': 'no', '10.0.10.190': 'no' } };
    expect(await first(holding({ nodes: { [NODE]: shut } }))).toMatchObject({ before: null });
    const unread = await first(holding({ nodes: { [NODE]: { identity: SAME, state: 'timed-out' } } }));
    expect(unread).toMatchObject({ before: null });
    expect(unread.refusal).toBeUndefined();
  });

  test.each([
    ['machine id', { machineId: 'another' }],
    ['boot id', { bootId: 'boot-2' }],
    ['host key', { hostKey: 'SHA256:z' }],
  ])('is refused where the node has another %s', async (what, identity) => {
    const at = holding({ nodes: { [NODE]: { identity: { ...SAME, ...identity } } } });
    expect((await first(at)).refusal).toContain(what);
    expect(changed(at)).toBe(0);
  });

  test('is refused once the approval has expired', async () => {
    const at = holding();
    at.clock.pass(900_000);
    expect(await first(at)).toMatchObject({ refusal: 'The approval expired before the fix began.' });
  });

  test.each<[string, (plan: Plan) => Partial<Plan>]>([
    ['other steps', ({ undo }) => ({ steps: undo })],
    ['another rehearsal', () => ({ rehearsal: ['+something: else'] })],
    ['another id', () => ({ id: 'f'.repeat(32) })],
  ])('is refused for a plan with %s than the approved one', async (_, differ) => {
    const at = holding();
    const { plan } = deed(begun(), 'prepare');
    expect((await first(at, { plan: { ...plan, ...differ(plan) } })).refusal).toBe(
      'The plan is not the one that was approved.',
    );
    expect(at.cluster.asked).toEqual([]);
    expect(at.nodes.asked).toEqual([]);
  });

  test('tells the pods of the owner before a deletion, and how well its node is', async () => {
    const at = holding();
    const tale = stepped(prepared(begun()));
    expect(await prepare(at.ports, tale.state, deed(tale, 'prepare'))).toMatchObject({
      there: ['old'],
      before: null,
      health: [{ node: NODE, ready: true }],
    });
    expect(at.nodes.asked.filter((line) => !line.startsWith('run') && !line.startsWith('open'))).toEqual([]);
  });

  test('an API server that is silent is tried again by whoever asked; one that says no is a refusal', async () => {
    const at = holding();
    const tale = stepped(prepared(begun()));
    at.cluster.fail('podsOf', 'timed-out', 'It is silent.', 1);
    await expect(prepare(at.ports, tale.state, deed(tale, 'prepare'))).rejects.toThrow('It is silent.');
    at.cluster.fail('podsOf', 'denied', 'You may not list pods.');
    expect(await prepare(at.ports, tale.state, deed(tale, 'prepare'))).toMatchObject({
      refusal: 'You may not list pods.',
    });
  });

  test('given up, it is a refusal of this very step', () => {
    const effect = deed(begun(), 'prepare');
    expect(gaveUp(effect, 'no answer.')).toMatchObject({
      is: 'prepared',
      plan: effect.plan.id,
      nth: 0,
      refusal: expect.any(String) as string,
    });
  });
});

describe('a step', () => {
  test('patches, then replaces the pod, and compares the node with what was kept before the first', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    const patched = await doing(at, tale);
    expect(patched).toMatchObject({ is: 'stepped', list: 'apply', nth: 0, outcome: 'done' });
    expect(patched.is === 'stepped' && 'difference' in patched).toBe(false);
    await preparing(at, tale.take(patched));
    at.nodes.become(NODE, { state: ['part routes', '10.0.0.0/8 dev eth0'] });
    expect(await doing(at, tale)).toMatchObject({
      outcome: 'done',
      difference: ['-default via 10.0.10.1 dev eth0', '+10.0.0.0/8 dev eth0'],
    });
    expect([asked(at, 'patch'), asked(at, 'deletePod')]).toEqual([1, 1]);
  });

  test('done again after a crash does nothing twice, and compares with the same', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    const first = await doing(at, tale);
    at.nodes.become(NODE, { state: ['part routes', 'what the patch has brought'] });
    expect(await doing(at, tale)).toMatchObject({ outcome: 'done' });
    await preparing(at, tale.take(first));
    const [one, other] = [await doing(at, tale), await doing(at, tale)];
    expect(other).toMatchObject({ outcome: 'done' });
    expect(other.is === 'stepped' && other.difference).toEqual(one.is === 'stepped' && one.difference);
    expect(one).toMatchObject({ difference: expect.arrayContaining(['+what the patch has brought']) as string[] });
    expect(asked(at, 'deletePod')).toBe(1);
  });

  test('that cannot compare says so, and not that nothing differs', async () => {
    for (const broken of ['before', 'after'] as const) {
      const at = holding();
      if (broken === 'before') at.nodes.become(NODE, { state: 'timed-out' });
      const tale = await preparing(at, begun());
      tale.take(await doing(at, tale));
      at.nodes.become(NODE, { state: broken === 'after' ? 'timed-out' : ROUTES });
      await preparing(at, tale);
      expect(await doing(at, tale)).toMatchObject({ outcome: 'done', difference: null });
    }
  });

  test('that the API server refuses is refused, with its reason', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    at.cluster.become({ cni: CNI });
    expect(await doing(at, tale)).toMatchObject({ outcome: 'refused' });
  });

  test.each([
    ['denied', 'refused'],
    ['unparsable', 'failed'],
  ] as const)('that meets an answer which is %s is %s', async (gap, outcome) => {
    const at = holding();
    const tale = await preparing(at, begun());
    at.cluster.fail('patch', gap, 'The API server said something.');
    expect(await doing(at, tale)).toMatchObject({ outcome, detail: 'The API server said something.' });
  });

  test.each(['timed-out', 'unreachable'] as const)(
    'that meets an API server which is %s is tried again by whoever asked',
    async (gap) => {
      const at = holding();
      const tale = await preparing(at, begun());
      at.cluster.fail('patch', gap, 'It is silent.', 1);
      await expect(doing(at, tale)).rejects.toThrow('It is silent.');
      expect(await doing(at, tale)).toMatchObject({ outcome: 'done' });
    },
  );

  test('whose end was never learned is a failure, so that it is taken back', async () => {
    const tale = await preparing(holding(), begun());
    expect(gaveUp(deed(tale, 'cluster-step'), 'no answer.')).toMatchObject({
      is: 'stepped',
      nth: 0,
      outcome: 'failed',
    });
  });

  test('of another plan than the approved one does nothing', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    const effect: Step = deed(tale, 'cluster-step');
    const plan = { ...effect.plan, title: 'something else' };
    expect(await clusterStep(at.ports, tale.state, { ...effect, plan })).toMatchObject({
      outcome: 'refused',
      detail: 'The plan is not the one that was approved.',
    });
    expect(changed(at)).toBe(0);
  });

  test('of the node is nothing for the API server', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    const effect = deed(tale, 'cluster-step');
    expect(await clusterStep(at.ports, tale.state, { ...effect, nth: 7 })).toMatchObject({ outcome: 'refused' });
    expect(changed(at)).toBe(0);
  });

  test('that netdiag comes back to long after the approval is never called undone: it may have been done before', async () => {
    const at = holding();
    const tale = await preparing(at, begun());
    at.clock.pass(840_000);
    expect(await doing(at, tale)).toMatchObject({ outcome: 'done' });
    at.clock.pass(900_000);
    expect(await doing(at, tale)).toMatchObject({ outcome: 'failed' });
    expect(asked(at, 'patch')).toBe(1);
  });
});

describe('taking back', () => {
  /** The patch was made, and then something failed. */
  async function failing(at: Bench, deleted: boolean): Promise<Tale> {
    const tale = await preparing(at, begun());
    tale.take(await doing(at, tale));
    await preparing(at, tale);
    if (deleted) await doing(at, tale);
    return stepped(tale, { outcome: 'failed', detail: 'Never Ready.' });
  }

  async function toTheEnd(at: Bench, tale: Tale): Promise<IncidentState> {
    while (tale.state.life === 'settling') {
      if (tale.wanted.some((effect) => effect.do === 'prepare')) await preparing(at, tale);
      else tale.take(await doing(at, tale));
    }
    return tale.state;
  }

  test('patches back, and replaces the pod that the plan had made', async () => {
    const at = holding();
    const state = await toTheEnd(at, await failing(at, true));
    expect(state).toMatchObject({
      outcome: 'rolled-back',
      change: { entry: { difference: [] }, cluster: { compared: true } },
    });
    expect(asked(at, 'deletePod')).toBe(2);
  });

  test('leaves a pod alone that was never deleted', async () => {
    const at = holding();
    const state = await toTheEnd(at, await failing(at, false));
    expect(state.outcome).toBe('rolled-back');
    expect(asked(at, 'deletePod')).toBe(0);
  });

  test('of a patch that was never made changes nothing', async () => {
    const at = holding();
    const tale = stepped(await preparing(at, begun()), { outcome: 'failed', detail: 'Not known.' });
    await toTheEnd(at, tale);
    expect(at.cluster.asked.filter((line) => line.startsWith('patch'))).toHaveLength(1);
    expect((await at.cluster.cni()).workload?.generation).toBe(4);
  });

  test('compares the node with what was kept before, and tells what is left', async () => {
    const at = holding();
    const tale = await failing(at, true);
    at.nodes.become(NODE, { state: [...ROUTES, 'left over'] });
    expect((await toTheEnd(at, tale)).change?.entry?.difference).toEqual(['+left over']);
  });

  test('is not bound to the expiry of the approval', async () => {
    const at = holding();
    const tale = await failing(at, true);
    at.clock.pass(10_000_000);
    expect((await toTheEnd(at, tale)).outcome).toBe('rolled-back');
  });
});
