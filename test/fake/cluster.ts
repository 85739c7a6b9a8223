import type {
  ClusterEvent,
  CniFacts,
  Gap,
  KubernetesPatch,
  NodeFacts,
  PatchedObject,
  PodFacts,
} from '../../src/model/index.ts';
import { type Cluster, ClusterError, type Granted, type KubeletReach } from '../../src/port.ts';
import { additions, patchedCni, recreated } from './cluster-change.ts';

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

/**
 * A Cluster in memory, whose facts and failures a test may change at any time. A patch of the CNI's DaemonSet changes its facts, a
 * deleted pod comes back under another name, ready at once.
 */
export interface FakeCluster extends Cluster {
  /** Every question asked so far, e.g. `podsOn ip-10-0-10-207`. */
  readonly asked: readonly string[];
  /** Changes what the cluster is like from now on. */
  become(facts: Partial<ClusterFacts>): void;
  /** Makes a question fail from now on, or only the next `times` times. */
  fail(question: ClusterQuestion, gap: Gap, sentence: string, times?: number): void;
  /** Lets every question answer again. */
  heal(): void;
  /** Looks at every patch before it is made: a sentence refuses it, facts are what the cluster is like afterwards. */
  onPatch(look: (step: KubernetesPatch, taking: 'effect' | 'back') => Partial<ClusterFacts> | string | undefined): void;
  /** Looks at every deletion of a pod that is there: a sentence refuses it, facts are what the cluster is like afterwards. */
  onDelete(look: (pod: PodFacts) => Partial<ClusterFacts> | string | undefined): void;
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
  /** What objects bear in the annotation of fixes. */
  const bears = new Map<string, string>();
  let patching: Parameters<FakeCluster['onPatch']>[0] = () => undefined;
  let deleting: Parameters<FakeCluster['onDelete']>[0] = () => undefined;
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

  /** Why the object is not the one that the plan was made for; `null` when it is. */
  const changedSince = ({ kind, namespace, name, uid, generation }: PatchedObject): string | null => {
    const known =
      kind === 'Node'
        ? (now.nodes ?? []).filter((node) => node.name === name).map((node) => ({ uid: node.uid, generation: null }))
        : [now.cni].filter((cni) => cni?.daemonSet === `${namespace}/${name}`).map((cni) => cni?.workload);
    const [at] = known;
    if (at === undefined) return `There is no ${kind} ${name}; nothing was changed.`;
    if (at.uid !== uid) return `${kind} ${name} was deleted and made again, so nothing was changed.`;
    return at.generation === generation ? null : `${kind} ${name} was changed since, so nothing was changed.`;
  };
  const patch = (step: KubernetesPatch, fix: string, taking: 'effect' | 'back'): Granted => {
    const { kind, namespace, name } = step.object;
    const object = `${kind} ${namespace ?? ''}/${name}`;
    const done = (detail: string): Granted => ({ is: 'done', detail: `${object} ${detail}.` });
    const back = `${fix} taken back`;
    if (taking === 'back' && bears.get(object) !== fix) return done('does not bear this change, so it was left alone');
    if (taking === 'effect' && bears.get(object) === fix) return done('bears this change already');
    const against =
      taking === 'back'
        ? null
        : bears.get(object) === back
          ? 'It was taken back; nothing was changed.'
          : changedSince(step.object);
    const after = against ?? patching(step, taking);
    if (typeof after === 'string') return { is: 'refused', detail: after };
    now = { ...now, ...(after ?? (now.cni === undefined ? {} : { cni: patchedCni(now.cni, step) })) };
    bears.set(object, taking === 'effect' ? fix : back);
    return done(`was patched: ${step.says}`);
  };
  const deletePod = (uid: string): Granted => {
    const pods = now.pods ?? [];
    const pod = pods.find((one) => one.uid === uid);
    if (pod === undefined) return { is: 'done', detail: 'There is no such pod any more.' };
    const after = deleting(pod);
    if (typeof after === 'string') return { is: 'refused', detail: after };
    const left = pods.filter((one) => one !== pod);
    now = { ...now, ...(after ?? { pods: pod.owner === null ? left : [...left, recreated(pod)] }) };
    return { is: 'done', detail: `The pod ${pod.namespace}/${pod.name} was deleted.` };
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
    onPatch: (look) => {
      patching = look;
    },
    onDelete: (look) => {
      deleting = look;
    },
    nodes: () => answer('nodes', '', () => now.nodes ?? []),
    podsOn: (node) => answer('podsOn', node, () => (now.pods ?? []).filter((pod) => pod.node === node)),
    cni: () => answer('cni', '', () => now.cni ?? UNKNOWN_CNI),
    events: (node) => answer('events', node, () => now.events?.[node] ?? []),
    apiServers: () => answer('apiServers', '', () => now.apiServers ?? []),
    reachKubelet: (node) =>
      answer('reachKubelet', node, () => now.kubelets?.[node] ?? { verdict: 'answers', said: 'ok', ms: 1 }),
    podsOf: (namespace, owner) =>
      answer('podsOf', `${namespace} ${owner}`, () =>
        (now.pods ?? []).filter((pod) => pod.namespace === namespace && pod.owner === owner),
      ),
    rehearse: (step) =>
      answer('rehearse', step.object.name, () => {
        const against = changedSince(step.object);
        if (against !== null) return { is: 'refused', detail: against };
        return { is: 'would', difference: additions(step.patch) };
      }),
    patch: (step, fix, taking) =>
      answer('patch', `${step.object.name} ${fix} ${taking}`, () => patch(step, fix, taking)),
    deletePod: (step) => answer('deletePod', `${step.namespace}/${step.name}`, () => deletePod(step.uid)),
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
