import type { KubeObject } from '../cluster/objects.ts';
import type { PodBody } from '../cluster/pod-object.ts';
import type { ClusterState } from '../cluster/state.ts';

/**
 * What the scheduler does next: a pod without a node gets, of the nodes that are not cordoned, not tainted against it and selected
 * by it, the one with the fewest pods of its owner. Where there is none it waits.
 */
export function schedule(state: ClusterState): ClusterState {
  const waiting = (state.objects['/pods'] ?? []).filter((pod) => body(pod).nodeName === undefined);
  return waiting.reduce((before, pod) => bind(before, pod), state);
}

function bind(state: ClusterState, pod: KubeObject): ClusterState {
  const pods = state.objects['/pods'] ?? [];
  const owner = ownerOf(pod);
  const load = ({ metadata }: KubeObject) =>
    pods.filter((one) => body(one).nodeName === metadata.name && ownerOf(one) === owner).length;
  const [node] = (state.objects['/nodes'] ?? [])
    .filter((one) => accepts(one, body(pod)))
    .toSorted((one, two) => load(one) - load(two));
  if (node === undefined) return state;
  const status = pod['status'] as { conditions: { type: string }[] };
  const { metadata, ...rest } = pod;
  const bound: KubeObject = {
    ...rest,
    metadata,
    spec: { ...body(pod), nodeName: node.metadata.name },
    status: {
      ...status,
      conditions: status.conditions.map((condition) =>
        condition.type === 'PodScheduled' ? scheduledCondition(condition) : condition,
      ),
    },
  };
  return { ...state, objects: { ...state.objects, '/pods': pods.map((one) => (one === pod ? bound : one)) } };
}

function scheduledCondition(condition: object): object {
  const { type, lastTransitionTime } = condition as { type: string; lastTransitionTime: string };
  return { type, status: 'True', lastProbeTime: null, lastTransitionTime };
}

function accepts(node: KubeObject, pod: PodBody): boolean {
  const { unschedulable, taints = [] } = node['spec'] as { unschedulable?: boolean; taints?: { effect: string }[] };
  if (unschedulable === true) return false;
  const tolerant = (pod.tolerations ?? []).some(
    (one) => 'operator' in one && one.operator === 'Exists' && !('key' in one),
  );
  if (!tolerant && taints.some(({ effect }) => effect !== 'PreferNoSchedule')) return false;
  return Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => node.metadata.labels?.[key] === value);
}

function body(pod: KubeObject): PodBody {
  return pod['spec'] as PodBody;
}

function ownerOf({ metadata }: KubeObject): unknown {
  return ((metadata['ownerReferences'] ?? []) as { uid: string }[])[0]?.uid;
}
