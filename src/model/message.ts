import type { Person } from './approval.ts';
import type { Digest } from './reading.ts';
import type { Evidence, Finding, Missing } from './finding.ts';
import type { CaptureRecord, CaptureStory } from './capture.ts';
import type { Hop } from './path.ts';
import type { Plan } from './plan.ts';

/**
 * A run of text. `text` is netdiag's own words; `code` is anything that came from a node, a cluster or a user, and is
 * always shown inert, character by character.
 */
export type Span =
  | { readonly text: string }
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly person: Person };
export type Rich = readonly Span[];

/** A line of the live message. */
export interface Step {
  readonly id: string;
  readonly label: Rich;
  readonly state: 'pending' | 'active' | 'done' | 'failed';
  readonly detail?: Rich;
}

export interface Choice {
  readonly id: string;
  readonly label: string;
}

/** A button of netdiag's. `token` is a random id; what it stands for is only in the state. */
export interface Button {
  readonly token: string;
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /**
   * Whoever presses it is asked for something first: a reason, which may stay empty; a signature under the plan's order; for an
   * emergency both, and both are needed. Absent: it counts at once.
   */
  readonly asks?: 'reason' | 'signature' | 'break-glass';
}

/** The one message in the channel that changes. */
export interface LiveMessage {
  readonly is: 'live';
  readonly node: string;
  readonly cluster: string;
  readonly by: Person;
  readonly title: Rich;
  readonly steps: readonly Step[];
  /** To stop it; absent once it is over. */
  readonly buttons?: readonly Button[];
}

/** One question at a time; after the answer it becomes a line. */
export interface QuestionMessage {
  readonly is: 'question';
  readonly question: string;
  readonly text: Rich;
  readonly choices: readonly Choice[];
  /** Buttons in the order of the choices; empty once answered. */
  readonly buttons: readonly Button[];
  readonly answered?: { readonly choice: string; readonly by: Person; readonly at: number };
}

/** A short remark in the thread. */
export interface NoteMessage {
  readonly is: 'note';
  readonly text: Rich;
  /** Steps in their order, below the text. */
  readonly list?: readonly Rich[];
  readonly buttons?: readonly Button[];
  /** It is for everybody in the channel, and shown outside of the thread as well. Absent: for whoever reads the thread. */
  readonly loud?: true;
}

/** Everything that one command of the evidence gave back. */
export interface WholeOutput {
  readonly node: string;
  readonly command: string;
  /** `null` where it is too long for a message. */
  readonly text: string | null;
  /** The file of the thread that holds it; `null` where the message does. */
  readonly file: string | null;
}

/** The finding with its proof, what was ruled out and what could not be seen. */
export interface FindingMessage {
  readonly is: 'finding';
  readonly finding: Finding;
  readonly subject: string;
  readonly peer: string | null;
  readonly proof: Rich | null;
  readonly story: CaptureStory | null;
  readonly captures: readonly CaptureRecord[];
  readonly evidence: readonly Evidence[];
  readonly ruledOut: readonly string[];
  readonly unseen: readonly Missing[];
  /** The way of the marked packets and of their answers as the kernels decide it, in order; absent or empty: not asked. */
  readonly path?: readonly Hop[];
  /** Whole outputs behind the evidence, in its order, where they say more than the line that is shown; absent: none do. */
  readonly outputs?: readonly WholeOutput[];
  /** What to do next, one line; absent: nothing is left to do here. */
  readonly next?: Rich;
  /** To say that it is not it; absent once that is decided. */
  readonly buttons?: readonly Button[];
}

/** What is asked of an approver, or what became of it. */
export interface ApprovalMessage {
  readonly is: 'approval';
  /** `A`, `B` … */
  readonly letter: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** Address netdiag is connected through now. */
  readonly cameThrough: string;
  readonly requester: Person;
  readonly approvers: readonly Person[];
  readonly buttons: readonly Button[];
  readonly state: 'waiting' | 'approved' | 'rejected' | 'revoked' | 'expired' | 'superseded';
  readonly decidedBy?: Person;
  readonly decidedAt?: number;
  /** Why it would not begin now, or did not when it was approved, one sentence; absent: nothing was seen against it. */
  readonly held?: string;
  /** Whoever has approved so far, the first one first; absent: nobody. */
  readonly consents?: readonly { readonly by: Person; readonly at: number; readonly signed: boolean }[];
  /** Why it was rejected, or approved alone in an emergency; a person's own words. */
  readonly reason?: string;
  /** Approved by one person alone, in an emergency. */
  readonly glass?: true;
  /** Somebody took the approval back and it is not known yet whether in time. */
  readonly revokedBy?: Person;
  /**
   * The node demands signatures under the plan: netdiag verifies them first (`here`), or the node alone does (`node`). Absent: no
   * signature is demanded.
   */
  readonly signing?: 'here' | 'node';
  /** What became of it: `running`, or how it ended. Absent: nothing was begun. */
  readonly became?: 'running' | 'confirmed' | 'rolled-back' | 'refused' | 'unknown';
}

/** How it ended. */
export interface SummaryMessage {
  readonly is: 'summary';
  readonly outcome: 'repaired' | 'undone' | 'rolled-back' | 'nothing-found' | 'advice' | 'unknown' | 'aborted';
  readonly headline: Rich;
  readonly paragraphs: readonly Rich[];
  readonly timeline: readonly { readonly at: number; readonly what: Rich }[];
  readonly durable: readonly string[];
  readonly difference: readonly string[];
  readonly ruledOut: readonly string[];
  readonly unseen: readonly Missing[];
  /** As in the finding, where there is none to show it. */
  readonly path?: readonly Hop[];
  /** To make a repair last, and to look again. */
  readonly buttons?: readonly Button[];
}

export type Message = LiveMessage | QuestionMessage | NoteMessage | FindingMessage | ApprovalMessage | SummaryMessage;

/** A file for the thread. */
export interface Attachment {
  readonly name: string;
  readonly title: string;
  readonly output: Digest;
  /** Lines above an output of a node, which then is shown as inert text; absent: the bytes go as they are. */
  readonly heading?: string;
  /** What a picture shows, in words, for who does not see it; absent: its title says it all. */
  readonly alt?: string;
}

/** Where an incident lives in the chat. `thread` is `null` until the live message exists. */
export interface Place {
  readonly team: string;
  readonly channel: string;
  readonly thread: string | null;
}

/** A message as the chat knows it; opaque outside the adapter that made it. */
export type MessageRef = string;
