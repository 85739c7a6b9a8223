import { expect, describe, test } from 'vitest';
import { alwaysMounted } from './always-mounted.ts';
import type { KubeObject } from './cluster/objects.ts';
import { bornUid, isReady, runningStatus } from './cluster/pod-object.ts';
import { type ClusterState, clusterState } from './cluster/state.ts';
import { isTerminating, markedForDeletion } from './control/deletion.ts';
import { reconcile } from './control/reconcile.ts';
import { faults } from './fault/index.ts';
import { faultNamed } from './start.ts';

const now = new Date('2026-11-20T16:01:21.339Z');
const SUBJECT = 'ip-172-31-53-61';

function cluster(lab: string): ClusterState {
  const topology = faultNamed(lab).topology(true);
  const identity = { machineId: 'a'.repeat(32), bootId: 'b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d' };
  const nodes = Object.fromEntries(topology.nodes.map(({ name }) => [name, identity]));
  return clusterState(topology, { nodes, tokens: { netdiag: 't', kubelets: {} }, dialTimeoutMs: 200 }, now);
}

type Change = (object: KubeObject) => KubeObject | null;

/** Every object of a store changed, or left out. */
function each(state: ClusterState, store: string, change: Change): ClusterState {
  const list = (state.objects[store] ?? []).flatMap((object) => change(object) ?? []);
  return { ...state, objects: { ...state.objects, [store]: list } };
}

const named =
  (name: string, change: Change): Change =>
  (object) =>
    object.metadata.name === name ? change(object) : object;
const podsOf = (state: ClusterState, prefix: string) =>
  (state.objects['/pods'] ?? []).filter(({ metadata }) => metadata.name.startsWith(prefix));
const awsNode = (state: ClusterState): KubeObject => {
  const found = state.objects['apps/daemonsets']?.find(({ metadata }) => metadata.name === 'aws-node');
  if (!found) throw new Error('there is no aws-node');
  return found;
};
const nodeOf = (pod: KubeObject) => (pod['spec'] as { nodeName?: string }).nodeName;

/** What the kubelets do in the meantime: what ends is gone, what was made runs. */
function kubelets(state: ClusterState): ClusterState {
  return each(state, '/pods', (pod) => {
    if (isTerminating(pod)) return null;
    if (nodeOf(pod) === undefined || isReady(pod)) return pod;
    const where = { hostIP: '10.0.0.1', podIP: '10.0.0.2', runtime: 'docker', started: '', ready: true };
    return { ...pod, status: runningStatus(pod, where) };
  });
}

/** States after the controllers and the kubelets in turn, until nothing happens any more. */
function until(state: ClusterState): ClusterState[] {
  const states = [state];
  for (let last = state; states.length < 50;) {
    const next = kubelets(reconcile(last, now));
    if (JSON.stringify(next) === JSON.stringify(last)) return states;
    states.push(next);
    last = next;
  }
  throw new Error('the controllers never come to rest');
}

const withTemplate = (state: ClusterState, type: 'OnDelete' | 'RollingUpdate') =>
  each(
    state,
    'apps/daemonsets',
    named('aws-node', (set) => {
      const spec = structuredClone(set['spec']) as { template: { spec: { containers: { image: string }[] } } };
      for (const container of spec.template.spec.containers) container.image = 'example.com/other:2';
      const updateStrategy = { type, rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } };
      return { ...set, metadata: { ...set.metadata, generation: 2 }, spec: { ...spec, updateStrategy } };
    }),
  );
const imagesOf = (state: ClusterState) =>
  podsOf(state, 'aws-node').map((pod) => (pod['spec'] as { containers: { image: string }[] }).containers[0]?.image);

describe('where nothing is to be done', () => {
  test.each(faults.map(({ name }) => name))('the controllers do nothing: %s', (name) => {
    const state = cluster(name);
    expect(reconcile(state, now)).toBe(state);
  });
});

describe('a DaemonSet', () => {
  test('gets a pod again on the node whose pod is gone, with another uid and the same template', () => {
    const state = each(
      cluster('i5'),
      '/pods',
      named('aws-node-w61', () => null),
    );
    const next = reconcile(state, now);
    const [made, ...more] = podsOf(next, 'aws-node').filter((pod) => nodeOf(pod) === SUBJECT);
    expect(more).toEqual([]);
    expect(made?.metadata.uid).not.toBe(bornUid('kube-system', 'aws-node-w61'));
    const other = podsOf(next, 'aws-node-w10')[0];
    expect(made?.metadata.labels).toEqual(other?.metadata.labels);
    expect(made?.['status']).toMatchObject({ phase: 'Pending' });
    expect(awsNode(next)['status']).toMatchObject({ desiredNumberScheduled: 3, numberReady: 2, numberUnavailable: 1 });
    expect(awsNode(until(next).at(-1) ?? next)['status']).toEqual(awsNode(cluster('i5'))['status']);
  });

  test('waits for a pod that is ending before it makes the next one', () => {
    const ending = each(
      cluster('i5'),
      '/pods',
      named('aws-node-w61', (pod) => markedForDeletion(pod, undefined, now)),
    );
    const next = reconcile(ending, now);
    expect(podsOf(next, 'aws-node').map(({ metadata }) => metadata.name)).toHaveLength(3);
  });

  test('with OnDelete keeps old pods until they are deleted, and then makes new ones', () => {
    const state = until(withTemplate(cluster('i5'), 'OnDelete')).at(-1) ?? cluster('i5');
    expect(new Set(imagesOf(state)).has('example.com/other:2')).toBe(false);
    expect(awsNode(state)['status']).toMatchObject({
      updatedNumberScheduled: 0,
      numberReady: 3,
      observedGeneration: 2,
    });
    const deleted = each(
      state,
      '/pods',
      named('aws-node-w61', () => null),
    );
    const images = imagesOf(until(deleted).at(-1) ?? deleted);
    expect(images.filter((image) => image === 'example.com/other:2')).toHaveLength(1);
  });

  test('with RollingUpdate replaces them all, never more than one at once', () => {
    const states = until(withTemplate(cluster('i5'), 'RollingUpdate'));
    expect(new Set(imagesOf(states.at(-1) ?? cluster('i5')))).toEqual(new Set(['example.com/other:2']));
    const ready = states.map((state) => podsOf(state, 'aws-node').filter((pod) => isReady(pod)).length);
    expect(Math.min(...ready)).toBe(2);
  });

  test('does not roll on while a new pod does not get Ready', () => {
    let state = withTemplate(cluster('i5'), 'RollingUpdate');
    for (let turn = 0; turn < 5; turn += 1)
      state = each(reconcile(state, now), '/pods', (pod) => (isTerminating(pod) ? null : pod));
    expect(imagesOf(state).filter((image) => image === 'example.com/other:2')).toHaveLength(1);
  });

  test('that goes back to an old template numbers its record anew', () => {
    const [first] = [cluster('i5')];
    const changed = until(withTemplate(first, 'OnDelete')).at(-1) ?? first;
    const back = reconcile(
      each(
        changed,
        'apps/daemonsets',
        named('aws-node', () => awsNode(first)),
      ),
      now,
    );
    const records = (back.objects['apps/controllerrevisions'] ?? []).filter(({ metadata }) =>
      metadata.name.startsWith('aws-node-'),
    );
    expect(records.map(({ revision }) => revision)).toEqual([3, 2]);
  });
});

test('a mount that was always another one is no reason to roll anything', () => {
  const state = alwaysMounted('kube-system/aws-node', 'dockersock', '/run/containerd/containerd.sock')(cluster('i5'));
  expect(JSON.stringify(awsNode(state))).toContain('/run/containerd/containerd.sock');
  expect(reconcile(state, now)).toBe(state);
});

describe('a ReplicaSet', () => {
  const lost = (state: ClusterState) =>
    each(
      state,
      '/pods',
      named('web-7c5ddbdf54-bx2vl', () => null),
    );

  test('has as many pods again, on the node that they belong to', () => {
    const state = until(lost(cluster('i5'))).at(-1) ?? cluster('i5');
    expect(podsOf(state, 'web-').map((pod) => nodeOf(pod))).toEqual(Array.from({ length: 9 }, () => SUBJECT));
    expect(podsOf(state, 'web-').every((pod) => isReady(pod))).toBe(true);
  });

  test('makes the next pod while the old one is ending', () => {
    const ending = each(
      cluster('i5'),
      '/pods',
      named('web-7c5ddbdf54-bx2vl', (pod) => markedForDeletion(pod, undefined, now)),
    );
    expect(podsOf(reconcile(ending, now), 'web-')).toHaveLength(10);
  });

  test('waits while its node is cordoned, and goes on when it no longer is', () => {
    const cordon = (unschedulable: boolean) => (node: KubeObject) => ({
      ...node,
      spec: { ...(node['spec'] as object), unschedulable },
    });
    const shut = until(each(lost(cluster('i5')), '/nodes', named(SUBJECT, cordon(true)))).at(-1) ?? cluster('i5');
    expect(podsOf(shut, 'web-').filter((pod) => nodeOf(pod) === undefined)).toHaveLength(1);
    const open = until(each(shut, '/nodes', named(SUBJECT, cordon(false)))).at(-1) ?? shut;
    expect(podsOf(open, 'web-').filter((pod) => nodeOf(pod) === undefined)).toEqual([]);
  });

  test('whose pods are on several nodes is not put on the control plane', () => {
    const state = each(
      cluster('i1'),
      '/pods',
      named('web-6d4b9c7f5d-8xk2p', () => null),
    );
    const nodes = podsOf(until(state).at(-1) ?? state, 'web-').map((pod) => nodeOf(pod));
    expect(new Set(nodes)).toEqual(new Set(['ip-10-0-10-115', 'ip-10-0-10-207']));
    expect(nodes).toHaveLength(2);
  });
});
