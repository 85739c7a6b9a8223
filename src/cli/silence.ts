import { ClusterError } from '../port.ts';
import type { Site } from '../shell/index.ts';

/** The same sites, and whether one of their clusters would not name its nodes: that is nothing seen, not wrong usage. */
export function heeding(sites: readonly Site[]): { readonly sites: readonly Site[]; silent(): boolean } {
  let silent = false;
  const heed = ({ cluster, ...rest }: Site): Site => ({
    ...rest,
    cluster: {
      name: cluster.name,
      nodes: async () => {
        try {
          return await cluster.nodes();
        } catch (error) {
          silent ||= error instanceof ClusterError;
          throw error;
        }
      },
      podsOn: (node) => cluster.podsOn(node),
      cni: () => cluster.cni(),
      events: (node) => cluster.events(node),
      apiServers: () => cluster.apiServers(),
      reachKubelet: (node) => cluster.reachKubelet(node),
      podsOf: (namespace, owner) => cluster.podsOf(namespace, owner),
      rehearse: (step) => cluster.rehearse(step),
      patch: (step, fix, taking) => cluster.patch(step, fix, taking),
      deletePod: (step) => cluster.deletePod(step),
    },
  });
  return { sites: sites.map(heed), silent: () => silent };
}
