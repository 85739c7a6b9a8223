import type { Person } from './approval.ts';
import type { Watched } from './capture.ts';
import type { ClosedDoor, Door } from './door.ts';
import type { LedgerEntry } from './ledger.ts';
import type { MessageRef, Place } from './message.ts';
import type { ClusterEvent, NodeIdentity } from './node.ts';
import type { Answer, Digest, Gap } from './reading.ts';
import type { Bound, NodeRole } from './role.ts';
import type { GivenSignature, Standing } from './standing.ts';

/** Every event carries when it was taken in and 128 fresh random bits, so that the fold needs neither clock nor chance. */
export interface Stamp {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 32 hexadecimal digits; tokens are derived from it. */
  readonly seed: string;
}

/** The node was found and the roles bound. `farEnds` offers one far end per kind that a playbook may name. */
export interface Located {
  readonly is: 'located';
  readonly bound: Bound;
  readonly farEnds: Readonly<Partial<Record<'api-server' | 'node' | 'pod' | 'outside', Bound['farEnd']>>>;
  readonly clusterEvents: readonly ClusterEvent[];
  /** What the API could not tell, one sentence each. */
  readonly unseen: readonly string[];
}

/** What one node answered, or why no door opened. */
export interface Surveyed {
  readonly is: 'surveyed';
  readonly role: NodeRole;
  readonly node: string;
  readonly answers: readonly Answer[];
  readonly door: Door | null;
  readonly closedDoors: readonly ClosedDoor[];
  readonly identity: NodeIdentity | null;
  /** Set when no door opened: why, one sentence. */
  readonly failure?: { readonly gap: Gap; readonly sentence: string };
  readonly ms: number;
}

/** The outcome of looking again through a new connection after a change. */
export interface Verified {
  readonly is: 'verified';
  readonly plan: string;
  /** `null` when no allowed door opened. */
  readonly door: Door | null;
  readonly answers: readonly Answer[];
  readonly watched: Watched | null;
  /** The API server's own view, where the far end is the API server. */
  readonly apiServer: string | null;
  readonly failure?: string;
}

/** What the API server says that a plan's patches would change. */
export interface Rehearsed {
  readonly is: 'rehearsed';
  readonly plan: string;
  /** `-old` and `+new` lines, each patch headed by its object. */
  readonly difference: readonly string[];
  /** Why the plan cannot be offered, one sentence; absent when all is well. */
  readonly failure?: string;
}

/** What a confirmed plan has left on the node and in the cluster. */
export interface LookedBack {
  readonly is: 'looked-back';
  readonly plan: string;
  /** Id of the plan that undoes it. */
  readonly undo: string;
  /** The undo was applied before. */
  readonly applied: boolean;
  /** `null` where no allowed door opened. */
  readonly door: Door | null;
  readonly identity: NodeIdentity | null;
  /** What its own lookups say now, in their order, then the files that it wrote; `null` where one could not be read. */
  readonly said: readonly (string | null)[];
  /** Generations of the objects that it patched, by name. */
  readonly generations: Readonly<Record<string, number | null>>;
  /** What its patches would change now, as `Rehearsed` has it. */
  readonly rehearsal: readonly string[];
  readonly failure?: string;
}

/** Whether a plan could begin now, as far as other changes and the health of the cluster go. Nothing was changed. */
export interface Held {
  /** `held`: it was approved, and did not begin · `foreseen`: it is on offer. */
  readonly is: 'held' | 'foreseen';
  readonly plan: string;
  /** Why it must not begin now, one sentence; `null` where nothing is against it. */
  readonly sentence: string | null;
}

/** How well a node was before a step that concerns it. */
export interface Health {
  readonly node: string;
  /** The API server said Ready. */
  readonly ready: boolean;
  /** Ids of the checks that were clear there; `null` where the node could not be asked. */
  readonly clear: readonly string[] | null;
}

/** What a Kubernetes step is compared with once it is done. */
export interface Prepared {
  readonly is: 'prepared';
  readonly plan: string;
  readonly list: 'apply' | 'undo';
  /** Index of the step in that list. */
  readonly nth: number;
  /** Uids of the pods that the owner of a pod to be deleted has; empty for a patch. */
  readonly there: readonly string[];
  /** The subject's node state, kept, before the first step; `null` where it could not be read or was not asked for. */
  readonly before: Digest | null;
  /** Why the step must not begin, one sentence; absent when it may. */
  readonly refusal?: string;
  /** The nodes that the step concerns, as well as they are; absent: none. */
  readonly health?: readonly Health[];
  /** Why the plan must not begin now although it holds, one sentence; it can be approved again. Absent when it may. */
  readonly held?: string;
}

/** What became of one Kubernetes step of a plan. */
export interface Stepped {
  readonly is: 'stepped';
  readonly plan: string;
  readonly list: 'apply' | 'undo';
  /** Index of the step in that list. */
  readonly nth: number;
  /** `refused`: the object is not as it was when the plan was made, nothing was changed by this step. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** One sentence. */
  readonly detail: string;
  /** After the last step: lines of node state that differ from the ones before the first, `-old` and `+new`; `null`: not comparable. */
  readonly difference?: readonly string[] | null;
}

/** What a sweep saw of one other node. */
export interface OtherNode {
  readonly node: string;
  /** `other`: not a cause that was mended, but another finding of the checks that found those. */
  readonly says: 'found' | 'other' | 'clear' | 'unseen';
  /** The finding's statement, or why nothing could be seen; one sentence. */
  readonly sentence: string;
}

/** Which other nodes have the cause that was found. */
export interface Swept {
  readonly is: 'swept';
  /** Code of the first cause. */
  readonly finding: string;
  readonly others: readonly OtherNode[];
  /** Nodes of the pool that were left out because there are too many. */
  readonly left: number;
  /** Why nobody could be asked, one sentence; absent when somebody was. */
  readonly failure?: string;
}

export type Happening =
  | {
      readonly is: 'opened';
      readonly incident: string;
      readonly node: string;
      readonly cluster: string;
      readonly by: Person;
      readonly place: Place;
      /** Symptom chosen in advance (command line). */
      readonly symptom?: string;
    }
  | Located
  | {
      readonly is: 'locate-failed';
      readonly sentence: string;
      readonly suggestions: readonly string[];
    }
  | Surveyed
  | {
      readonly is: 'pressed';
      readonly token: string;
      readonly by: Person;
      readonly reason?: string;
      /** Ids of the user groups that the presser was in at that moment, of those that may approve; absent: none was asked. */
      readonly groups?: readonly string[];
      /** What the chat said, at that moment, of those who approved before; absent: nobody was asked. */
      readonly standing?: readonly Standing[];
      /** The signature under the plan's order that came with it; absent: none. */
      readonly signature?: GivenSignature;
      /** It came from somewhere else than where that button stands, so that it means nothing; it is only written down. */
      readonly astray?: true;
    }
  | { readonly is: 'watched'; readonly watched: Watched }
  /** `deaf`: nothing could be captured either, so that repeating the traffic by hand would tell nothing. */
  | { readonly is: 'watch-failed'; readonly sentence: string; readonly gap: Gap; readonly deaf?: true }
  | { readonly is: 'changed'; readonly plan: string; readonly entry: LedgerEntry; readonly door: Door }
  | { readonly is: 'change-unknown'; readonly plan: string; readonly sentence: string }
  | Verified
  | { readonly is: 'settled'; readonly plan: string; readonly entry: LedgerEntry; readonly door: Door }
  | { readonly is: 'unsettled'; readonly plan: string; readonly sentence: string }
  | Rehearsed
  | LookedBack
  | Held
  | Prepared
  | Stepped
  | Swept
  | { readonly is: 'woken'; readonly name: string }
  | { readonly is: 'shown'; readonly slot: string; readonly ref: MessageRef; readonly thread: string | null }
  | { readonly is: 'effect-failed'; readonly effect: string; readonly sentence: string };

/** A happening with a member of the stamp's would replace it; such a one is no event. */
type Stampless<T> = T extends { readonly at: unknown } | { readonly seed: unknown } ? never : T;

/** Something that happened, as the journal keeps it. */
export type Event = Stamp & Stampless<Happening>;
