import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../cluster/objects.ts';
import { isOwnedBy, isReady, type Owner, pendingPod, type PodTemplate } from '../cluster/pod-object.ts';
import type { ClusterState } from '../cluster/state.ts';
import { suffix } from './daemon-set.ts';
import { isTerminating, markedForDeletion } from './deletion.ts';

/**
 * What the ReplicaSet controller does next: as many pods as are wanted. A pod that is ending counts no more, so its successor is
 * made at once. https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
export function replicaSets(state: ClusterState, now: Date): ClusterState {
  return (state.objects['apps/replicasets'] ?? []).reduce((before, set) => oneSet(before, set, now), state);
}

function oneSet(state: ClusterState, set: KubeObject, now: Date): ClusterState {
  const { replicas, template } = set['spec'] as { replicas: number; template: PodTemplate };
  const all = state.objects['/pods'] ?? [];
  const active = all.filter((pod) => isOwnedBy(set.metadata.uid)(pod) && !isTerminating(pod));
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const { name, namespace = '', uid = '' } = set.metadata;
  const owner: Owner = { kind: 'ReplicaSet', name, uid, namespace };
  const made = Array.from({ length: Math.max(0, replicas - active.length) }, () =>
    pendingPod(owner, template, { name: `${name}-${suffix()}`, uid: randomUUID(), node: null, labels: {}, time }),
  );
  const spare = new Set(
    active
      .toSorted((one, two) => Number(isReady(one)) - Number(isReady(two)))
      .slice(0, Math.max(0, active.length - replicas)),
  );
  const ready = active.filter((pod) => isReady(pod)).length;
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: active.length,
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration: set.metadata['generation'],
  };
  const same = isDeepStrictEqual(status, set['status']);
  if (made.length === 0 && spare.size === 0 && same) return state;
  const pods = all.flatMap((pod) => (spare.has(pod) ? (markedForDeletion(pod, undefined, now) ?? []) : pod));
  const sets = (state.objects['apps/replicasets'] ?? []).map((one) =>
    one === set && !same ? { ...set, status } : one,
  );
  return { ...state, objects: { ...state.objects, '/pods': [...pods, ...made], 'apps/replicasets': sets } };
}
