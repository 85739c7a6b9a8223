import type { Bound, CniFacts, NodeFacts, PodFacts, WorkloadFacts } from '../../src/model/index.ts';

/** What differs between clusters whose CNI can be patched and restarted. */
export interface RollableCase {
  readonly updateStrategy?: WorkloadFacts['updateStrategy'];
  readonly env?: CniFacts['env'];
  readonly cni?: Partial<CniFacts>;
  readonly facts?: Partial<NodeFacts>;
  /** The CNI's pod on the subject; `null`: it has none. */
  readonly cniPod?: PodFacts | null;
  /** Runtimes of the cluster; `null`: not known. Absent: three nodes like the subject. */
  readonly runtimes?: Bound['runtimes'] | null;
}

/** The same roles in a cluster whose API said enough of the CNI's DaemonSet to patch it, and which pod of it runs on the subject. */
export function rollable(bound: Bound, change: RollableCase = {}): Bound {
  const [namespace = '', name = ''] = (bound.cni.daemonSet ?? '').split('/');
  const { runtime } = bound.subject.facts;
  const runtimes =
    change.runtimes === undefined ? [{ runtime, nodes: 3, examples: [bound.subject.name] }] : change.runtimes;
  return {
    ...bound,
    cni: {
      ...bound.cni,
      env: change.env ?? bound.cni.env,
      container: name,
      workload: { uid: 'uid-daemonset', generation: 12, updateStrategy: change.updateStrategy ?? 'RollingUpdate' },
      ...change.cni,
    },
    subject: {
      ...bound.subject,
      facts: { ...bound.subject.facts, ...change.facts },
      cniPod: change.cniPod === undefined ? cniPod(namespace, name, bound.subject.name) : change.cniPod,
    },
    ...(runtimes === null ? {} : { runtimes }),
  };
}

/** The CNI's own pod on a node. */
export function cniPod(namespace: string, daemonSet: string, node: string, change: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace,
    name: `${daemonSet}-x2vlj`,
    uid: `uid-${daemonSet}-x2vlj`,
    node,
    address: '192.0.2.1',
    hostNetwork: true,
    phase: 'Running',
    ready: true,
    restarts: 0,
    owner: `DaemonSet/${daemonSet}`,
    ...change,
  };
}

/** Leaves a fact out, as an API that did not say it. */
export function without<T extends object, Key extends keyof T>(whole: T, key: Key): Omit<T, Key> {
  const { [key]: _, ...rest } = whole;
  return rest;
}
