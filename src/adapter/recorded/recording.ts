import type {
  ClusterEvent,
  CniFacts,
  Gap,
  KubernetesPatch,
  NodeFacts,
  NodeRun,
  Output,
  PatchedObject,
  PodFacts,
  Reading,
} from '../../model/index.ts';
import { canonical } from '../../model/index.ts';
import type { Cluster, Command, KubeletReach } from '../../port.ts';

/** Everything that nodes and cluster answer in one state of an incident. What is not in it is the gap `not-recorded`. */
export interface RecordedState {
  /** By node, then by the door's name: `true` when it opens, otherwise why not, in one clause. */
  readonly doors: ReadonlyMap<string, ReadonlyMap<string, true | string>>;
  /** By node, then by the command's key. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, Output>>;
  /** By node, then by the capture's key. */
  readonly captures: ReadonlyMap<string, ReadonlyMap<string, RecordedCapture>>;
  /** Node state, by node. */
  readonly nodeStates: ReadonlyMap<string, Reading<readonly string[]>>;
  readonly cluster: RecordedCluster;
}

export interface RecordedCapture {
  readonly pcap: Uint8Array;
  readonly gap?: Gap;
  readonly detail?: string;
}

/** A question to the API that failed when it was recorded. */
export interface Refused {
  readonly gap: Gap;
  readonly sentence: string;
}
export type Fact<T> = { readonly fact: T } | { readonly refused: Refused };

/** What the API said; `null` and absent names: not asked when it was recorded. */
export interface RecordedCluster {
  readonly nodes: Fact<readonly NodeFacts[]> | null;
  readonly cni: Fact<CniFacts> | null;
  readonly apiServers: Fact<readonly string[]> | null;
  readonly pods: ReadonlyMap<string, Fact<readonly PodFacts[]>>;
  readonly events: ReadonlyMap<string, Fact<readonly ClusterEvent[]>>;
  readonly kubelets: ReadonlyMap<string, Fact<KubeletReach>>;
  /** By namespace and owner, as `ownerKey` joins them. */
  readonly podsOf: ReadonlyMap<string, Fact<readonly PodFacts[]>>;
  /** By `patchKey`. */
  readonly rehearsals: ReadonlyMap<string, Fact<Rehearsal>>;
}

/** What a rehearsal said. */
export type Rehearsal = Awaited<ReturnType<Cluster['rehearse']>>;

/** A change that leads from one state to another. */
export interface RecordedChange {
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly apply: readonly NodeRun[];
  /** What the node said when it was asked to change: `applied`, or `begun` where the connection was lost with it. */
  readonly said: { readonly state: 'applied' | 'begun'; readonly detail: string };
  /** Lines of node state that differed once it was confirmed; `null`: never confirmed when it was recorded. */
  readonly confirmed: readonly string[] | null;
  /** Lines that differed once it was rolled back; `null`: never rolled back when it was recorded. */
  readonly rolledBack: readonly string[] | null;
}

/** A step of the API server that leads from one state to another. */
export type RecordedStep = {
  readonly from: string;
  readonly to: string;
  /** What the API server was said to have done. */
  readonly detail: string;
} & (RecordedPatch | RecordedDeletion);

export interface RecordedPatch {
  readonly is: 'patch';
  readonly taking: 'effect' | 'back';
  readonly object: Omit<PatchedObject, 'generation'>;
  readonly patch: KubernetesPatch['patch'];
}

/** A pod is known by what made it and where, because its name and its uid are used once. */
export interface RecordedDeletion {
  readonly is: 'pod-delete';
  readonly namespace: string;
  /** `null` for a bare pod, which has its name alone. */
  readonly owner: string | null;
  readonly node: string | null;
  readonly name: string;
}

export interface RecordedNode {
  readonly machineId: string | null;
  readonly bootId: string | null;
  /** The address that the configuration named; absent: none, only `node.status` was known. */
  readonly configured?: string;
}

/** A recorded incident: states, not a trace. */
export interface Recording {
  /** `i1`: short, for file names and choices. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly cluster: string;
  /** Kernel and tools that it was made with, by name. */
  readonly madeFrom: Readonly<Record<string, string>>;
  readonly nodes: ReadonlyMap<string, RecordedNode>;
  readonly states: ReadonlyMap<string, RecordedState>;
  readonly changes: readonly RecordedChange[];
  readonly steps: readonly RecordedStep[];
}

/** The state that every recording begins in, and the one that a rollback leads to. */
export const BROKEN = 'broken';
export const ROLLED_BACK = 'rolled-back';

/**
 * The state that a rolled back one equals: what is rolled back is as broken as before, so what was recorded from one holds from
 * the other. Several steps back have states of their own, `rolled-back:2`; what did not begin in `broken` ends in `STATE:back`.
 */
export function unfixed(state: string): string {
  if (/^rolled-back(:\d+)?$/.test(state)) return BROKEN;
  return state.replace(/:back(:\d+)?$/, '');
}

/** What the states of one change have in common: `after:REMEDIATION`, `after:REMEDIATION:2` … */
export function changeOf(state: string): string {
  return state.replace(/:\d+$/, '');
}

/** The doors that were configured when the recording was made, by node: without them other doors would be tried first. */
export function configuredDoors({ nodes }: Recording): Readonly<Record<string, { readonly address: string }>> {
  return Object.fromEntries(
    [...nodes].flatMap(([name, { configured }]) => (configured === undefined ? [] : [[name, { address: configured }]])),
  );
}

/** Name under which a command's output is kept. */
export function outputKey({ key, argv }: Pick<Command, 'key' | 'argv'>): string {
  return key ?? canonical(argv);
}

/** Name under which the pods of an owner are kept. */
export function ownerKey(namespace: string, owner: string): string {
  return `${namespace} ${owner}`;
}

/** Name under which the rehearsal of a patch is kept; the object's generation rises by itself and is left out. */
export function patchKey({
  object: { kind, namespace, name, uid },
  patch,
}: Pick<KubernetesPatch, 'object' | 'patch'>): string {
  return canonical({ object: { kind, namespace, name, uid }, patch });
}

/** Whether two steps of the API server are the same one, wherever they lead. */
export function sameStep(one: RecordedPatch | RecordedDeletion, other: RecordedPatch | RecordedDeletion): boolean {
  return stepKey(one) === stepKey(other);
}

function stepKey(step: RecordedPatch | RecordedDeletion): string {
  if (step.is === 'patch') {
    const { kind, namespace, name, uid } = step.object;
    return canonical([step.taking, kind, namespace, name, uid, step.patch]);
  }
  const { namespace, owner, node, name } = step;
  return canonical([namespace, owner, node, owner === null ? name : null]);
}

/** A recording that cannot be read or written, in one clear sentence. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}
