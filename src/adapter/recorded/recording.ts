import type { ClusterEvent, CniFacts, Gap, NodeFacts, Output, PodFacts } from '../../model/index.ts';
import { canonical } from '../../model/index.ts';
import type { Command, KubeletReach } from '../../port.ts';

/** Everything that nodes and cluster answer in one state of an incident. What is not in it is the gap `not-recorded`. */
export interface RecordedState {
  /** By node, then by the door's name: `true` when it opens, otherwise why not, in one clause. */
  readonly doors: ReadonlyMap<string, ReadonlyMap<string, true | string>>;
  /** By node, then by the command's key. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, Output>>;
  /** By node, then by the capture's key. */
  readonly captures: ReadonlyMap<string, ReadonlyMap<string, RecordedCapture>>;
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
}

/** A change that leads from one state to another. */
export interface RecordedChange {
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly apply: readonly (readonly string[])[];
  /** What the node said when it was asked to change: `applied`, or `begun` where the connection was lost with it. */
  readonly said: { readonly state: 'applied' | 'begun'; readonly detail: string };
  /** Lines of node state that differed once it was confirmed; `null`: never confirmed when it was recorded. */
  readonly confirmed: readonly string[] | null;
  /** Lines that differed once it was rolled back; `null`: never rolled back when it was recorded. */
  readonly rolledBack: readonly string[] | null;
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
}

/** The state that every recording begins in, and the one that a rollback leads to. */
export const BROKEN = 'broken';
export const ROLLED_BACK = 'rolled-back';

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

/** A recording that cannot be read or written, in one clear sentence. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}
