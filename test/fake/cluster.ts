import type { ClusterEvent, CniFacts, Gap, NodeFacts, PodFacts } from '../../src/model/index.ts';
import { type Cluster, ClusterError, type KubeletReach } from '../../src/port.ts';

/** A cluster as plain facts; what is not given is empty. */
export interface ClusterFacts {
  readonly name?: string;
  readonly nodes?: readonly NodeFacts[];
  readonly pods?: readonly PodFacts[];
  readonly cni?: CniFacts;
  /** Events by the node that they are about, or whose pods they are about. */
  readonly events?: Readonly<Record<string, readonly ClusterEvent[]>>;
  readonly apiServers?: readonly string[];
  /** What the API server says of its way to a kubelet, by node; others answer. */
  readonly kubelets?: Readonly<Record<string, KubeletReach>>;
}

/** One of the questions of the port. */
export type ClusterQuestion = Exclude<keyof Cluster, 'name'>;

/** A Cluster in memory, whose facts and failures a test may change at any time. */
export interface FakeCluster extends Cluster {
  /** Every question asked so far, e.g. `podsOn ip-10-0-10-207`. */
  readonly asked: readonly string[];
  /** Changes what the cluster is like from now on. */
  become(facts: Partial<ClusterFacts>): void;
  /** Makes a question fail from now on, or only the next `times` times. */
  fail(question: ClusterQuestion, gap: Gap, sentence: string, times?: number): void;
  /** Lets every question answer again. */
  heal(): void;
}

export const UNKNOWN_CNI: CniFacts = {
  name: 'unknown',
  version: null,
  daemonSet: null,
  image: null,
  env: {},
  hostPaths: {},
};

/** A Cluster in memory. */
export function fakeCluster(facts: ClusterFacts = {}): FakeCluster {
  let now: ClusterFacts = facts;
  const asked: string[] = [];
  const failing = new Map<ClusterQuestion, { gap: Gap; sentence: string; left: number }>();

  const answer = async <T>(question: ClusterQuestion, about: string, value: () => T): Promise<T> => {
    asked.push(about === '' ? question : `${question} ${about}`);
    await Promise.resolve();
    const failure = failing.get(question);
    if (failure === undefined) return structuredClone(value());
    failure.left -= 1;
    if (failure.left <= 0) failing.delete(question);
    throw new ClusterError(failure.gap, failure.sentence);
  };

  return {
    name: facts.name ?? 'fake',
    asked,
    become: (changed) => {
      now = { ...now, ...changed };
    },
    fail: (question, gap, sentence, times = Number.POSITIVE_INFINITY) => {
      failing.set(question, { gap, sentence, left: times });
    },
    heal: () => failing.clear(),
    nodes: () => answer('nodes', '', () => now.nodes ?? []),
    podsOn: (node) => answer('podsOn', node, () => (now.pods ?? []).filter((pod) => pod.node === node)),
    cni: () => answer('cni', '', () => now.cni ?? UNKNOWN_CNI),
    events: (node) => answer('events', node, () => now.events?.[node] ?? []),
    apiServers: () => answer('apiServers', '', () => now.apiServers ?? []),
    reachKubelet: (node) =>
      answer('reachKubelet', node, () => now.kubelets?.[node] ?? { verdict: 'answers', said: 'ok', ms: 1 }),
  };
}

/** A healthy node with the given name and address; `changes` make it another. */
export function nodeNamed(name: string, address: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    uid: `uid-of-${name}`,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    ready: 'True',
    troubles: [],
    pool: 'pool',
    controlPlane: false,
    unschedulable: false,
    podCidrs: [],
    machineId: null,
    bootId: null,
    kubelet: 'v1.34.2',
    os: 'Amazon Linux 2023',
    kernel: '6.12.40',
    runtime: 'containerd://2.1.4',
    annotations: {},
    ...changes,
  };
}

/** A running pod with an address of its own; `changes` make it another. */
export function podNamed(name: string, node: string, address: string, changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'default',
    name,
    uid: `uid-of-${name}`,
    node,
    address,
    hostNetwork: false,
    phase: 'Running',
    ready: true,
    restarts: 0,
    owner: null,
    ...changes,
  };
}
