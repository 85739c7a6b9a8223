import { describe, expect, test } from 'vitest';
import type { PodDelete, PodFacts } from '../../src/model/index.ts';
import type { Cluster } from '../../src/port.ts';
import { type Known, replacePod } from '../../src/shell/replace-pod.ts';
import { FlyingClock } from '../fake/clock.ts';
import { type FakeCluster, fakeCluster, podNamed } from '../fake/cluster.ts';

const NODE = 'ip-10-0-10-207';
const OTHER = 'ip-10-0-10-115';
const AGENT = 'DaemonSet/aws-node';
const WEB = 'ReplicaSet/web';

const pod = (name: string, node: string, owner: string, change: Partial<PodFacts> = {}): PodFacts =>
  podNamed(name, node, '10.0.10.31', { namespace: 'kube-system', owner, ...change });
const deletion = (name: string | null, owner: string): PodDelete => ({
  kind: 'pod-delete',
  namespace: 'kube-system',
  name,
  uid: name === null ? null : `uid-of-${name}`,
  node: NODE,
  owner,
});
const deletions = ({ asked }: FakeCluster): readonly string[] => asked.filter((line) => line.startsWith('deletePod'));
const uids = (pods: readonly PodFacts[]): readonly string[] => pods.map(({ uid }) => uid);

/** A cluster whose controllers take their time: what becomes of its pods, look by look, once the first deletion has come. */
function slow(pods: readonly PodFacts[], later: readonly (readonly PodFacts[])[]): FakeCluster {
  const cluster = fakeCluster({ pods });
  let left: readonly (readonly PodFacts[])[] = [];
  cluster.onDelete((gone) => {
    left = later;
    return { pods: pods.filter(({ uid }) => uid !== gone.uid) };
  });
  const podsOf = cluster.podsOf.bind(cluster);
  return Object.assign(cluster, {
    podsOf: (...about: Parameters<Cluster['podsOf']>) => {
      const [now, ...rest] = left;
      if (now !== undefined) cluster.become({ pods: now });
      left = rest;
      return podsOf(...about);
    },
  });
}

const replace = (cluster: Cluster, step: PodDelete, known: Partial<Known> = {}, clock = new FlyingClock()) =>
  replacePod(cluster, clock, step, { there: [], spared: [], ...known });

describe('a pod of a DaemonSet', () => {
  const old = pod('agent-1', NODE, AGENT);
  const elsewhere = pod('agent-2', OTHER, AGENT);
  const fresh = pod('agent-3', NODE, AGENT);
  const there = uids([old, elsewhere]);

  test('is deleted by its uid, and done when its owner has another one Ready on the same node', async () => {
    const cluster = slow([old, elsewhere], [[elsewhere], [elsewhere, { ...fresh, ready: false }], [elsewhere, fresh]]);
    expect(await replace(cluster, deletion('agent-1', AGENT), { there })).toEqual({
      outcome: 'done',
      detail: `Pod kube-system/agent-1 was deleted; ${AGENT} has made agent-3 on ${NODE}, and it is Ready.`,
    });
    expect(deletions(cluster)).toEqual(['deletePod kube-system/agent-1']);
  });

  test('one that comes up on another node is not its successor', async () => {
    const cluster = slow([old], [[pod('agent-4', OTHER, AGENT)]]);
    expect(await replace(cluster, deletion('agent-1', AGENT), { there })).toMatchObject({ outcome: 'failed' });
  });

  test('one that is never Ready is a failure after three minutes, with what it is', async () => {
    const clock = new FlyingClock();
    const began = clock.now();
    const cluster = slow([old], [[{ ...fresh, ready: false, phase: 'Pending' }]]);
    expect(await replace(cluster, deletion('agent-1', AGENT), { there }, clock)).toEqual({
      outcome: 'failed',
      detail: `Pod kube-system/agent-1 was deleted, and ${AGENT} had no new Ready pod on ${NODE} within 3 minutes: agent-3 is Pending.`,
    });
    expect(clock.now() - began).toBeGreaterThanOrEqual(180_000);
    expect(clock.now() - began).toBeLessThan(190_000);
  });

  test('one that its owner never makes is a failure', async () => {
    expect(await replace(slow([old], [[]]), deletion('agent-1', AGENT), { there })).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('it has made none yet') as string,
    });
  });

  test('refused by the API server it stays, and nothing is waited for', async () => {
    const cluster = fakeCluster({ pods: [old] });
    cluster.onDelete(() => 'Its uid is another one.');
    const clock = new FlyingClock();
    const began = clock.now();
    expect(await replace(cluster, deletion('agent-1', AGENT), { there }, clock)).toEqual({
      outcome: 'refused',
      detail: 'Its uid is another one.',
    });
    expect(clock.now()).toBe(began);
  });

  test('another pod of the same name has another uid, and is left alone', async () => {
    const same = { ...old, uid: 'uid-of-its-successor' };
    const cluster = fakeCluster({ pods: [same] });
    expect(await replace(cluster, deletion('agent-1', AGENT), { there: [same.uid] })).toMatchObject({
      outcome: 'done',
    });
    expect(deletions(cluster)).toEqual([]);
  });

  test('gone before, whose owner has a Ready one there, needs nothing', async () => {
    const cluster = fakeCluster({ pods: [fresh, elsewhere] });
    expect(await replace(cluster, deletion('agent-1', AGENT), { there: uids([fresh, elsewhere]) })).toEqual({
      outcome: 'done',
      detail: `Pod kube-system/agent-1 is gone; ${AGENT} has agent-3 on ${NODE}, and it is Ready.`,
    });
    expect(deletions(cluster)).toEqual([]);
  });

  test('an API server that is silent for a while is asked again', async () => {
    const cluster = slow([old], [[fresh]]);
    cluster.onDelete(() => {
      cluster.fail('podsOf', 'timed-out', 'The API server is silent.', 3);
      return { pods: [fresh] };
    });
    expect(await replace(cluster, deletion('agent-1', AGENT), { there })).toMatchObject({ outcome: 'done' });
  });

  test('an API server that says no is not asked again', async () => {
    const cluster = slow([old], [[fresh]]);
    cluster.onDelete(() => {
      cluster.fail('podsOf', 'denied', 'You may not list pods.');
      return { pods: [fresh] };
    });
    await expect(replace(cluster, deletion('agent-1', AGENT), { there })).rejects.toThrow('You may not list pods.');
  });
});

describe('a pod of a ReplicaSet with three replicas', () => {
  const [one, two, three] = ['web-1', 'web-2', 'web-3'].map((name) => pod(name, NODE, WEB)) as [
    PodFacts,
    PodFacts,
    PodFacts,
  ];
  const four = pod('web-4', OTHER, WEB);
  const there = uids([one, two, three]);
  const step = deletion('web-1', WEB);

  test('may have its successor on another node', async () => {
    const cluster = slow([one, two, three], [[two, three, four]]);
    expect((await replace(cluster, step, { there })).detail).toContain(`web-4 on ${OTHER}`);
  });

  test.each<[string, readonly PodFacts[], readonly PodFacts[]]>([
    ['was deleted, and is gone', [two, three], [two, three, four]],
    ['was deleted, and its successor is not Ready', [two, three, { ...four, ready: false }], [two, three, four]],
    [
      'is going, and its successor is there',
      [{ ...one, ready: false }, two, three, { ...four, ready: false }],
      [two, three, four],
    ],
    ['is going, and its successor is Ready', [one, two, three, four], [two, three, four]],
    ['is done', [two, three, four], [two, three, four]],
  ])('after a crash when it %s: never an older one is its successor', async (_, found, later) => {
    const cluster = fakeCluster({ pods: found });
    const podsOf = cluster.podsOf.bind(cluster);
    let looks = 0;
    const going = Object.assign(cluster, {
      podsOf: (...about: Parameters<Cluster['podsOf']>) => {
        looks += 1;
        if (looks === 4) cluster.become({ pods: later });
        return podsOf(...about);
      },
    });
    cluster.onDelete(() => ({}));
    expect(await replace(going, step, { there })).toMatchObject({
      outcome: 'done',
      detail: expect.stringContaining('has made web-4') as string,
    });
  });

  test('after a crash it waits for a successor that never comes, and then says so', async () => {
    const cluster = fakeCluster({ pods: [two, three] });
    expect(await replace(cluster, step, { there })).toMatchObject({ outcome: 'failed' });
  });

  test('gone before, it is done only when all that are there are Ready', async () => {
    const cluster = fakeCluster({ pods: [two, { ...three, ready: false }] });
    expect(await replace(cluster, step, { there: uids([two, three]) })).toMatchObject({ outcome: 'failed' });
    cluster.become({ pods: [two, three] });
    expect(await replace(cluster, step, { there: uids([two, three]) })).toMatchObject({ outcome: 'done' });
    expect(deletions(cluster)).toEqual([]);
  });

  test('gone before with everything of its owner: there is nothing to wait for', async () => {
    expect(await replace(fakeCluster({ pods: [] }), step)).toEqual({
      outcome: 'done',
      detail: `Pod kube-system/web-1 is gone, and ${WEB} has no pod any more.`,
    });
  });

  test('of a Job that has done its work by then is well', async () => {
    const job = 'Job/copy';
    const first = pod('copy-1', NODE, job);
    const cluster = slow([first], [[pod('copy-2', OTHER, job, { ready: false, phase: 'Succeeded' })]]);
    expect(await replace(cluster, deletion('copy-1', job), { there: [first.uid] })).toMatchObject({ outcome: 'done' });
  });
});

describe('the pod that an owner has by then', () => {
  const old = pod('agent-1', NODE, AGENT);
  const middle = pod('agent-2', NODE, AGENT);
  const back = pod('agent-3', NODE, AGENT);

  test('is the one on the node, whatever it is called', async () => {
    const cluster = slow([middle, pod('agent-9', OTHER, AGENT)], [[back]]);
    expect(
      await replace(cluster, deletion(null, AGENT), { there: [middle.uid, 'uid-of-agent-9'], spared: [old.uid] }),
    ).toEqual({
      outcome: 'done',
      detail: `Pod kube-system/agent-2 was deleted; ${AGENT} has made agent-3 on ${NODE}, and it is Ready.`,
    });
    expect(deletions(cluster)).toHaveLength(1);
  });

  test('that was never deleted stays: nothing of it has to be taken back', async () => {
    const cluster = fakeCluster({ pods: [old] });
    expect(await replace(cluster, deletion(null, AGENT), { there: [old.uid], spared: [old.uid] })).toEqual({
      outcome: 'done',
      detail: 'Pod kube-system/agent-1 was never deleted, so it stays.',
    });
    expect(deletions(cluster)).toEqual([]);
  });

  test('after a crash its successor is not deleted as well', async () => {
    const cluster = fakeCluster({ pods: [back] });
    expect(await replace(cluster, deletion(null, AGENT), { there: [middle.uid] })).toMatchObject({ outcome: 'done' });
    expect(deletions(cluster)).toEqual([]);
  });

  test('of an owner that had none there is waited for', async () => {
    const cluster = fakeCluster({ pods: [back] });
    expect((await replace(cluster, deletion(null, AGENT))).detail).toBe(
      `${AGENT} had no pod on ${NODE}; ${AGENT} has made agent-3 on ${NODE}, and it is Ready.`,
    );
  });
});
