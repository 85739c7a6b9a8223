/** One thing that netdiag asks of the Kubernetes API: what RBAC calls it, and what it is for. */
export interface Ask {
  readonly verb: 'list' | 'get' | 'patch' | 'delete';
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
  /** The manifest that allows it. */
  readonly allowedBy: 'deploy/rbac.yml' | 'deploy/rbac-change.yml';
}

const READ = { allowedBy: 'deploy/rbac.yml' } as const;
const CHANGE = { allowedBy: 'deploy/rbac-change.yml' } as const;

/** Everything that the adapter asks; the manifests in deploy/ allow exactly this. */
export const ASKS = {
  nodes: {
    verb: 'list',
    resource: 'nodes',
    group: '',
    namespace: null,
    ...READ,
    doing: 'list the nodes',
    unseen: 'which nodes there are, their addresses and their conditions',
  },
  pods: {
    verb: 'list',
    resource: 'pods',
    group: '',
    namespace: null,
    ...READ,
    doing: "list the node's pods",
    unseen: 'which pods run on the node and which addresses they hold',
  },
  podsOf: {
    verb: 'list',
    resource: 'pods',
    group: '',
    namespace: null,
    ...READ,
    doing: 'list the pods of a workload',
    unseen: 'which pods it has and whether they are ready',
  },
  daemonSets: {
    verb: 'list',
    resource: 'daemonsets',
    group: 'apps',
    namespace: null,
    ...READ,
    doing: 'list the DaemonSets',
    unseen: 'which CNI the cluster uses and how it is set up',
  },
  events: {
    verb: 'list',
    resource: 'events',
    group: '',
    namespace: null,
    ...READ,
    doing: 'list the events',
    unseen: 'what the cluster has reported about the node and its pods',
  },
  endpointSlices: {
    verb: 'list',
    resource: 'endpointslices',
    group: 'discovery.k8s.io',
    namespace: 'default',
    ...READ,
    doing: "read the API servers' addresses",
    unseen: 'from which addresses the API servers call the kubelet',
  },
  endpoints: {
    verb: 'get',
    resource: 'endpoints',
    group: '',
    namespace: 'default',
    ...READ,
    doing: "read the API servers' addresses",
    unseen: 'from which addresses the API servers call the kubelet',
  },
  kubelet: {
    verb: 'get',
    resource: 'nodes/proxy',
    group: '',
    namespace: null,
    ...READ,
    doing: "have the API server call the node's kubelet",
    unseen: 'whether the API server reaches the kubelet',
  },
  daemonSet: {
    verb: 'get',
    resource: 'daemonsets',
    group: 'apps',
    namespace: null,
    ...CHANGE,
    doing: 'read the DaemonSet that is to be changed',
    unseen: 'whether it is still as it was when the plan was made',
  },
  node: {
    verb: 'get',
    resource: 'nodes',
    group: '',
    namespace: null,
    ...CHANGE,
    doing: 'read the Node object that is to be changed',
    unseen: 'whether it is still as it was when the plan was made',
  },
  patchDaemonSet: {
    verb: 'patch',
    resource: 'daemonsets',
    group: 'apps',
    namespace: null,
    ...CHANGE,
    doing: 'patch the DaemonSet',
    unseen: 'whether it was changed',
  },
  patchNode: {
    verb: 'patch',
    resource: 'nodes',
    group: '',
    namespace: null,
    ...CHANGE,
    doing: 'patch the Node object',
    unseen: 'whether it was changed',
  },
  pod: {
    verb: 'get',
    resource: 'pods',
    group: '',
    namespace: null,
    ...CHANGE,
    doing: 'read the pod that is to be deleted',
    unseen: 'whether it is still the same pod',
  },
  deletePod: {
    verb: 'delete',
    resource: 'pods',
    group: '',
    namespace: null,
    ...CHANGE,
    doing: 'delete the pod',
    unseen: 'whether it was deleted',
  },
} as const satisfies Record<string, Ask>;
