import { bind, choosePeer } from '../../incident/index.ts';
import type { Effect, Happening, PodFacts } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { suggest } from '../../playbook/index.ts';
import type { Ports } from '../ports.ts';

type Locate = Extract<Effect, { do: 'locate' }>;

/** Finds the node in the cluster, a healthy peer and the far ends. What the API withholds becomes a sentence, not a guess. */
export async function locate(ports: Ports, effect: Locate): Promise<Happening> {
  const { cluster } = ports;
  try {
    const nodes = await cluster.nodes();
    const subject = nodes.find(({ name }) => name === effect.node);
    if (subject === undefined) {
      const suggestions = suggest(
        effect.node,
        nodes.map(({ name }) => name),
      );
      const sentence = `Cluster ${cluster.name} has no node of that name${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`;
      return { is: 'locate-failed', sentence, suggestions };
    }
    const unseen: string[] = [];
    const soft = async <T>(what: Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await what;
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        unseen.push(error.message);
        return otherwise;
      }
    };
    const peer = choosePeer(subject, nodes);
    const names = [subject.name, ...(peer === null ? [] : [peer.name])];
    const [pods, cni, apiServers, clusterEvents] = await Promise.all([
      Promise.all(names.map((name) => soft(cluster.podsOn(name), [] as readonly PodFacts[]))),
      soft(cluster.cni(), { name: 'unknown', version: null, daemonSet: null, image: null, env: {}, hostPaths: {} }),
      soft(cluster.apiServers(), [] as readonly string[]),
      soft(cluster.events(subject.name), []),
    ]);
    const podsByNode = new Map(names.map((name, index) => [name, pods[index] ?? []]));
    const view = { cluster: cluster.name, nodes, pods: podsByNode, cni, apiServers };
    return { is: 'located', ...bind(view, subject, peer), clusterEvents: clusterEvents.slice(0, 20), unseen };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { is: 'locate-failed', sentence: error.message, suggestions: [] };
  }
}
