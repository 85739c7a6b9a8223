import type { Approval, Consent, Person } from './approval.ts';
import type { Watched } from './capture.ts';
import type { ClosedDoor, Door } from './door.ts';
import type { Health, Located, Swept } from './event.ts';
import type { Finding, Missing } from './finding.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Button, Choice, Message, MessageRef, Place, Rich } from './message.ts';
import type { ClusterEvent, NodeIdentity } from './node.ts';
import type { Hop } from './path.ts';
import type { Plan } from './plan.ts';
import type { Answer, Digest } from './reading.ts';
import type { Bound, NodeRole } from './role.ts';

/** What a button stands for. Buttons carry random tokens; this is the only place that knows their meaning. */
export type Meaning =
  | { readonly means: 'answer'; readonly question: string; readonly choice: string }
  | { readonly means: 'approve'; readonly plan: string }
  | { readonly means: 'reject'; readonly plan: string }
  | { readonly means: 'explain'; readonly plan: string }
  | { readonly means: 'offer'; readonly plan: string }
  /** Takes an approval back, as long as the node has not taken the plan. */
  | { readonly means: 'revoke'; readonly plan: string }
  /** Approves alone, in an emergency. */
  | { readonly means: 'break-glass'; readonly plan: string }
  /** Somebody else has looked at what was approved so. */
  | { readonly means: 'reviewed'; readonly plan: string }
  /** That finding is not it: go on with the next suspect. */
  | { readonly means: 'dismiss'; readonly finding: string }
  /** Stop where that is safe. */
  | { readonly means: 'stop' }
  /** A closed incident: look again. */
  | { readonly means: 'reopen' }
  /** A closed incident: look again, and watch while somebody repeats what fails. */
  | { readonly means: 'repeat' }
  /** Undo a change that stays. */
  | { readonly means: 'undo'; readonly plan: string }
  /** A closed incident: put it into the thread as Markdown, to be copied. */
  | { readonly means: 'post-mortem' }
  /** Start a diagnosis of another node; the desk does it, this incident is not concerned. */
  | { readonly means: 'start'; readonly node: string };

/** A user's answer to a question. */
export interface UserAnswer {
  readonly question: string;
  readonly choice: string;
  readonly by: Person;
  readonly at: number;
}

/** A question that was put into the thread, with its buttons. */
export interface PutQuestion {
  readonly question: string;
  readonly text: string;
  readonly choices: readonly Choice[];
  readonly buttons: readonly Button[];
}

/** How far looking at one node has come. */
export interface Look {
  readonly role: NodeRole;
  readonly node: string;
  readonly state: 'asked' | 'done' | 'failed';
  readonly door: Door | null;
  readonly closedDoors: readonly ClosedDoor[];
  readonly identity: NodeIdentity | null;
  /** One sentence, when no door opened. */
  readonly failure: string | null;
}

/** A plan on offer and what became of it. */
export interface Offer {
  readonly letter: string;
  readonly plan: Plan;
  readonly hash: string;
  /** `rehearsing`: the API server is asked what it would change, before anybody is asked to approve it. */
  readonly state: 'drafted' | 'rehearsing' | 'waiting' | 'approved' | 'rejected' | 'expired' | 'superseded';
  readonly consents: readonly Consent[];
  readonly tokens: Readonly<Record<'approve' | 'reject' | 'explain' | 'offer', string>>;
  readonly decidedBy: Person | null;
  readonly decidedAt: number | null;
  /** Why it would not begin at present, or did not when it was approved, one sentence; absent: nothing was seen against it. */
  readonly held?: string;
  /** Why it was rejected, in the words of who did; absent: not rejected, or no reason given. */
  readonly reason?: string;
  /** Who took a complete approval back, and when: whether the node had taken the plan by then shows later. Absent: nobody. */
  readonly revoked?: { readonly by: Person; readonly at: number };
}

/** One person approved alone, in an emergency. It stays open until somebody else has reviewed it. */
export interface BrokenGlass {
  readonly plan: string;
  readonly by: Person;
  readonly at: number;
  readonly reason: string;
  readonly reviewed: { readonly by: Person; readonly at: number } | null;
}

/** A change under way. */
export interface Change {
  readonly plan: string;
  readonly entry: LedgerEntry | null;
  readonly verified: boolean | null;
  /** What verification saw, one sentence. */
  readonly seen: string | null;
  readonly door: Door | null;
  /** When it was approved, milliseconds since the epoch. */
  readonly since: number;
  /**
   * What is left although this change did what it should: the code of another finding, or `symptom` where what was reported is not
   * answered in full and no cause is known for that. Absent: nothing.
   */
  readonly leaves?: string;
  /** Who stopped it while it was under way; it is taken back. Absent: nobody. */
  readonly stopped?: Person;
  /** When it was found to have mended the node; absent before. */
  readonly until?: number;
  /** It was undone later, by a plan of its own; it stays no more. Absent: it was not. */
  readonly undone?: Undone;
  /** Progress of a plan of Kubernetes steps; `null` for a plan that the node runs. */
  readonly cluster: ClusterChange | null;
}

/** Who undid a change that had stayed. */
export interface Undone {
  /** Id of the plan that undid it. */
  readonly plan: string;
  readonly asked: Person;
  readonly approved: Person;
  readonly at: number;
  /** Lines of node state by which it differs from before the change, `-old` and `+new`; `null`: it could not be compared. */
  readonly difference: readonly string[] | null;
}

/** How far a plan of Kubernetes steps has come. */
export interface ClusterChange {
  readonly approval: Approval;
  readonly list: 'apply' | 'undo';
  /** Steps of that list that are done. */
  readonly done: number;
  /** What each step said, in order. */
  readonly said: readonly string[];
  /** Uids of the pods that there were before the present step; `null` until it is prepared. */
  readonly there: readonly string[] | null;
  /** How well the nodes are that the present step concerns; absent: none, or not prepared. */
  readonly health?: readonly Health[];
  /** Node state before the first step. */
  readonly before: Digest | null;
  /** Whether node state was compared after the last step. */
  readonly compared: boolean;
  /** What could not be taken back, one sentence each. */
  readonly stuck: readonly string[];
  /** How often netdiag has looked again; the cluster may need a moment. */
  readonly looked: number;
  /** What the diagnosis before the change had found, kept while netdiag looks again. */
  readonly cause: Pick<IncidentState, 'looks' | 'findings' | 'watches' | 'watched' | 'path' | 'ruledOut' | 'unseen'>;
}

/** What the thread should show in one slot now. `revision` rises with every change of the message. */
export interface Telling {
  readonly message: Message;
  readonly revision: number;
  readonly ref: MessageRef | null;
}

/** Everything that is known of an incident. Plain data; the fold is the only writer. */
export interface IncidentState {
  readonly id: string;
  readonly node: string;
  readonly cluster: string;
  readonly by: Person;
  readonly place: Place;
  readonly openedAt: number;
  /** State of the life machine. */
  readonly life: string;
  /** State of the playbook's machine; `null` until the symptom is known. */
  readonly playbook: { readonly id: string; readonly digest: string; readonly state: string } | null;
  readonly symptom: string | null;
  readonly bound: Bound | null;
  readonly farEnds: Located['farEnds'];
  readonly clusterEvents: readonly ClusterEvent[];
  readonly looks: readonly Look[];
  /** Rounds of follow-up questions asked in the present playbook state. */
  readonly rounds: number;
  /** By question key. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Questions put to the user, in order. */
  readonly questions: readonly PutQuestion[];
  readonly userAnswers: readonly UserAnswer[];
  /** Everything that was provoked and watched in this diagnosis, in order; at most one for each proof that the playbook allows. */
  readonly watches: readonly Watched[];
  /** The one of them that says most of the leading finding; `null` before there is any. */
  readonly watched: Watched | null;
  /** A watch was asked for and has not come back. */
  readonly watching: boolean;
  /** Somebody wants their own packets to be watched instead of marked ones. */
  readonly repeat: boolean;
  /** They have been watched or are, or cannot be. */
  readonly repeated: boolean;
  /** Why nothing could be provoked or captured, one sentence. */
  readonly watchFailure: string | null;
  /** The way of the packets in `watched` as the kernels decide it; absent before it was asked, empty where nothing was sent. */
  readonly path?: readonly Hop[];
  readonly findings: readonly Finding[];
  readonly ruledOut: readonly string[];
  readonly unseen: readonly Missing[];
  /** Everything that the diagnoses of this incident found, the first one first; one that a fix was begun for as it was then. Absent: nothing. */
  readonly causes?: readonly Finding[];
  readonly offers: readonly Offer[];
  /** Every approval that one person gave alone; absent: none. */
  readonly glass?: readonly BrokenGlass[];
  /** Plans whose every step was asked to be explained. */
  readonly explained: readonly string[];
  readonly change: Change | null;
  /** Changes of this incident that are over, the first one first. */
  readonly past: readonly Change[];
  /** What was before a closed incident was looked at again: its changes, and how many of `offers` are from then. Absent: it was not. */
  readonly earlier?: { readonly changes: readonly Change[]; readonly offers: number };
  /** Codes of findings that somebody said are not it. */
  readonly dismissed: readonly string[];
  /** What netdiag saw when it looked again some time after the repair. */
  readonly rechecks: readonly { readonly at: number; readonly good: boolean; readonly seen: string }[];
  /** Which other nodes have the cause: `asked`, or what was seen; `null` before a repair. */
  readonly sweep: 'asked' | Omit<Swept, 'is'> | null;
  readonly outcome: 'repaired' | 'undone' | 'rolled-back' | 'nothing-found' | 'advice' | 'unknown' | 'aborted' | null;
  /** Sentences the person has to read whatever else happens: what failed, on which node, what follows. */
  readonly troubles: readonly string[];
  readonly timeline: readonly { readonly at: number; readonly what: Rich }[];
  readonly buttons: Readonly<Record<string, Meaning>>;
  readonly telling: Readonly<Record<string, Telling>>;
  /** Number of effects made so far; part of their keys. */
  readonly effects: number;
}
