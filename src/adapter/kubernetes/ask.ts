/** One thing that netdiag reads from the Kubernetes API: what RBAC calls it, and what it is for. */
export interface Ask {
  readonly verb: 'list' | 'get';
  /** As RBAC names it: `nodes`, `nodes/proxy`, `daemonsets`. */
  readonly resource: string;
  /** API group; empty for the core group. */
  readonly group: string;
  /** `null` at the cluster scope. */
  readonly namespace: string | null;
  /** Completes "could not …". */
  readonly doing: string;
  /** Completes "so netdiag cannot see …". */
  readonly unseen: string;
}

/** Everything that the adapter asks; deploy/rbac.yml allows exactly this. */
export const ASKS = {
  nodes: {
    verb: 'list',
    resource: 'nodes',
    group: '',
    namespace: null,
    doing: 'list the nodes',
    unseen: 'which nodes there are, their addresses and their conditions',
  },
  pods: {
    verb: 'list',
    resource: 'pods',
    group: '',
    namespace: null,
    doing: "list the node's pods",
    unseen: 'which pods run on the node and which addresses they hold',
  },
  daemonSets: {
    verb: 'list',
    resource: 'daemonsets',
    group: 'apps',
    namespace: null,
    doing: 'list the DaemonSets',
    unseen: 'which CNI the cluster uses and how it is set up',
  },
  events: {
    verb: 'list',
    resource: 'events',
    group: '',
    namespace: null,
    doing: 'list the events',
    unseen: 'what the cluster has reported about the node and its pods',
  },
  endpointSlices: {
    verb: 'list',
    resource: 'endpointslices',
    group: 'discovery.k8s.io',
    namespace: 'default',
    doing: "read the API servers' addresses",
    unseen: 'from which addresses the API servers call the kubelet',
  },
  endpoints: {
    verb: 'get',
    resource: 'endpoints',
    group: '',
    namespace: 'default',
    doing: "read the API servers' addresses",
    unseen: 'from which addresses the API servers call the kubelet',
  },
  kubelet: {
    verb: 'get',
    resource: 'nodes/proxy',
    group: '',
    namespace: null,
    doing: "have the API server call the node's kubelet",
    unseen: 'whether the API server reaches the kubelet',
  },
} as const satisfies Record<string, Ask>;
