import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import type { NodeSpec, Topology } from '../topology/spec.ts';
import { daemonSets, firstRevisions, hostPods } from './daemonsets.ts';
import { type KubeObject, nodeObject, uidOf } from './objects.ts';
import { workloads } from './replicasets.ts';

/** What a user may do: one line of a Role. `*` stands for anything; a subresource is written `pods/log`. */
export interface Rule {
  groups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  /** Only objects of these names (`resourceNames`); absent: all. */
  names?: readonly string[];
}

/** Misbehaviour of the API server, for requests whose path begins with `path`. */
export interface Chaos {
  path: string;
  /** Only requests of this method; absent: all. */
  method?: string;
  /**
   * A Status with that code, an answer that never comes, a page of a proxy in between, or a connection cut: before anything is
   * done (`cut`), or after it is done (`lost`), so that the caller cannot know.
   */
  answer: 401 | 403 | 404 | 409 | 429 | 500 | 'hang' | 'html' | 'cut' | 'lost';
  /** How many requests it still concerns; absent means all. */
  times?: number;
}

/** The file that the stand-in API server serves; it is read again whenever it changes. */
export interface ClusterState {
  /** Milliseconds until a dial to a kubelet counts as timed out; a real API server waits 30 s. */
  dialTimeoutMs: number;
  tokens: Readonly<Record<string, { user: string; rules: readonly Rule[] }>>;
  /** Counts the changes: the resource version of a list, and of the object that changed last. */
  revision: number;
  /** Objects by `group/resource`; the core group is empty, so `/nodes`, `apps/daemonsets`. */
  objects: Record<string, KubeObject[]>;
  chaos: readonly Chaos[];
}

/** What netdiag's service account may read: the least that the diagnosis needs. */
export const netdiagRules: readonly Rule[] = [
  {
    groups: [''],
    resources: ['nodes', 'pods', 'events', 'namespaces', 'services', 'endpoints'],
    verbs: ['get', 'list', 'watch'],
  },
  { groups: [''], resources: ['pods/log', 'nodes/proxy'], verbs: ['get'] },
  {
    groups: ['apps'],
    resources: ['daemonsets', 'replicasets', 'controllerrevisions'],
    verbs: ['get', 'list', 'watch'],
  },
  { groups: ['events.k8s.io'], resources: ['events'], verbs: ['get', 'list', 'watch'] },
  { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'watch'] },
  { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
  {
    groups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    verbs: ['create'],
  },
];

/** What netdiag's service account may change, as deploy/rbac-change.yml has it. */
export const netdiagFixRules: readonly Rule[] = [
  { groups: ['apps'], resources: ['daemonsets'], verbs: ['patch'], names: ['aws-node'] },
  { groups: [''], resources: ['pods'], verbs: ['delete'] },
  { groups: [''], resources: ['nodes'], verbs: ['patch'] },
];

/** A kubelet, and what runs in its node with the same account. */
const kubeletRules: readonly Rule[] = [
  { groups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'list', 'watch'] },
  { groups: [''], resources: ['nodes', 'nodes/status', 'pods/status'], verbs: ['patch'] },
  { groups: [''], resources: ['pods'], verbs: ['delete'] },
  { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'update'] },
];

interface Born {
  nodes: Readonly<Record<string, { machineId: string; bootId: string }>>;
  /** `reader` may change nothing. */
  tokens: { netdiag: string; reader?: string; kubelets: Readonly<Record<string, string>> };
  dialTimeoutMs: number;
}

/** The cluster as it looks just after its nodes came up. `now` is when, in ISO 8601. */
export function clusterState(topology: Topology, born: Born, now: Date): ClusterState {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const sets = daemonSets(topology, topology.nodes.length, time);
  const work = workloads(topology.nodes, time);
  const pods = topology.nodes.flatMap((node) => [
    ...hostPods(node, sets, time),
    ...work.pods.filter((pod) => (pod['spec'] as { nodeName: string }).nodeName === node.name),
  ]);
  const nodes = topology.nodes.map((node) => {
    const identity = born.nodes[node.name];
    if (!identity) throw new Error(`node ${node.name} has no machine id and boot id yet`);
    return nodeObject(node, { ...identity, kernel: release() }, time);
  });
  const tokens: Record<string, { user: string; rules: readonly Rule[] }> = {
    [born.tokens.netdiag]: {
      user: 'system:serviceaccount:netdiag:netdiag',
      rules: [...netdiagRules, ...netdiagFixRules],
    },
    ...(born.tokens.reader === undefined
      ? {}
      : { [born.tokens.reader]: { user: 'system:serviceaccount:netdiag:netdiag-reader', rules: netdiagRules } }),
  };
  for (const [node, token] of Object.entries(born.tokens.kubelets)) {
    tokens[token] = { user: `system:node:${node}`, rules: kubeletRules };
  }
  const apiNode = topology.nodes.find(({ controlPlane }) => controlPlane)?.internalIps[0] ?? '';
  return {
    dialTimeoutMs: born.dialTimeoutMs,
    revision: 266,
    tokens,
    objects: {
      '/nodes': nodes,
      '/pods': pods,
      '/namespaces': [
        ...new Set([
          'default',
          'kube-system',
          'kube-node-lease',
          'kube-public',
          ...pods.map(({ metadata }) => metadata.namespace ?? 'default'),
        ]),
      ].map((name) => namespaceObject(name, time)),
      '/events': topology.nodes.map((node, index) =>
        startEvent(node, born.nodes[node.name]?.bootId ?? '', index, time),
      ),
      '/services': [
        kubernetesService(time),
        ...(topology.dnsService === undefined ? [] : [dnsServiceObject(topology.dnsService, time)]),
      ],
      '/endpoints': [kubernetesEndpoints(apiNode, time)],
      'apps/daemonsets': sets,
      'apps/replicasets': work.replicaSets,
      'apps/controllerrevisions': firstRevisions(sets, time),
      'coordination.k8s.io/leases': topology.nodes.map((node) => lease(node.name, now)),
      'discovery.k8s.io/endpointslices': [kubernetesSlice(apiNode, time)],
    },
    chaos: [],
  };
}

/** Reads the state file. Throws when it is absent or no JSON. */
export function readState(file: string): ClusterState {
  return JSON.parse(readFileSync(file, 'utf8')) as ClusterState;
}

/** Replaces the state file in one step, so that nobody ever reads half of it. */
export function writeState(file: string, state: ClusterState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function namespaceObject(name: string, time: string): KubeObject {
  return {
    metadata: {
      name,
      uid: uidOf('namespace', name),
      resourceVersion: '12',
      creationTimestamp: time,
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

function startEvent(node: NodeSpec, bootId: string, index: number, time: string): KubeObject {
  return {
    metadata: {
      name: `${node.name}.184000000000000${index}`,
      namespace: 'default',
      uid: uidOf('event', node.name),
      resourceVersion: '252',
      creationTimestamp: time,
    },
    involvedObject: { kind: 'Node', name: node.name, uid: node.name },
    ...(node.rebooted
      ? { reason: 'Rebooted', message: `Node ${node.name} has been rebooted, boot id: ${bootId}`, type: 'Warning' }
      : { reason: 'Starting', message: 'Starting kubelet.', type: 'Normal' }),
    source: { component: 'kubelet', host: node.name },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    eventTime: null,
    reportingComponent: 'kubelet',
    reportingInstance: node.name,
  };
}

const apiLabels = { component: 'apiserver', provider: 'kubernetes' };

function kubernetesService(time: string): KubeObject {
  return {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      uid: uidOf('service', 'kubernetes'),
      resourceVersion: '197',
      creationTimestamp: time,
      labels: apiLabels,
    },
    spec: {
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
      clusterIP: '10.100.0.1',
      clusterIPs: ['10.100.0.1'],
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

function dnsServiceObject(address: string, time: string): KubeObject {
  const labels = { 'k8s-app': 'kube-dns' };
  return {
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      uid: uidOf('service', 'kube-dns'),
      resourceVersion: '241',
      creationTimestamp: time,
      labels,
    },
    spec: {
      ports: [
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
        { name: 'metrics', protocol: 'TCP', port: 9153, targetPort: 9153 },
      ],
      selector: { 'k8s-app': 'coredns' },
      clusterIP: address,
      clusterIPs: [address],
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

function kubernetesEndpoints(address: string, time: string): KubeObject {
  return {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      uid: uidOf('endpoints', 'kubernetes'),
      resourceVersion: '199',
      creationTimestamp: time,
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  };
}

function kubernetesSlice(address: string, time: string): KubeObject {
  return {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      uid: uidOf('endpointslice', 'kubernetes'),
      resourceVersion: '200',
      generation: 1,
      creationTimestamp: time,
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', protocol: 'TCP', port: 6443 }],
  };
}

function lease(node: string, now: Date): KubeObject {
  return {
    metadata: {
      name: node,
      namespace: 'kube-node-lease',
      uid: uidOf('lease', node),
      resourceVersion: '214',
      creationTimestamp: `${now.toISOString().slice(0, 19)}Z`,
    },
    spec: {
      holderIdentity: node,
      leaseDurationSeconds: 40,
      renewTime: now.toISOString().replace('Z', '000Z'),
    },
  };
}
