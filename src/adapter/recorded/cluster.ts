import { type Cluster, ClusterError } from '../../port.ts';
import { changedSince, clusterChanges } from './cluster-change.ts';
import { type Fact, ownerKey, patchKey, type RecordedCluster } from './recording.ts';
import type { World } from './world.ts';

/** The API of a recorded cluster. What was not asked when it was recorded is a ClusterError `not-recorded`. */
export function recordedCluster(world: World): Cluster {
  const name = world.recording.cluster;
  const answer = async <T>(
    what: string,
    pick: (cluster: RecordedCluster) => Fact<T> | null | undefined,
  ): Promise<T> => {
    const { present, state } = world;
    const said = present === null ? null : pick(present.cluster);
    if (said === null || said === undefined) {
      throw new ClusterError(
        'not-recorded',
        `The recording ${world.recording.name} does not hold ${what} in the state "${state}", so netdiag cannot see it.`,
      );
    }
    if ('refused' in said) throw new ClusterError(said.refused.gap, said.refused.sentence);
    return structuredClone(said.fact);
  };
  const nobody = (cluster: RecordedCluster, node: string): boolean =>
    cluster.nodes !== null && 'fact' in cluster.nodes && cluster.nodes.fact.every((known) => known.name !== node);
  return {
    name,
    nodes: () => answer('the nodes', (cluster) => cluster.nodes),
    cni: () => answer('the CNI', (cluster) => cluster.cni),
    apiServers: () => answer('the API servers', (cluster) => cluster.apiServers),
    podsOn: (node) =>
      answer(
        `the pods of ${node}`,
        (cluster) => cluster.pods.get(node) ?? (nobody(cluster, node) ? { fact: [] } : null),
      ),
    events: (node) =>
      answer(
        `the events of ${node}`,
        (cluster) => cluster.events.get(node) ?? (nobody(cluster, node) ? { fact: [] } : null),
      ),
    reachKubelet: (node) =>
      answer(`the API server's way to the kubelet of ${node}`, (cluster) => cluster.kubelets.get(node)),
    podsOf: (namespace, owner) =>
      answer(`the pods of ${owner} in ${namespace}`, (cluster) => cluster.podsOf.get(ownerKey(namespace, owner))),
    rehearse: async (step) => {
      const against = changedSince(world, step.object);
      if (against !== null) return { is: 'refused', detail: against };
      const derived = world.present?.cluster.rehearsals.has(patchKey(step)) === true ? null : world.rehearsed(step);
      if (derived !== null) return { is: 'would', difference: derived };
      return answer(`what a patch of ${step.object.name} would change`, ({ rehearsals }) =>
        rehearsals.get(patchKey(step)),
      );
    },
    ...clusterChanges(world),
  };
}
