import type { Person } from './approval.ts';
import type { ApprovalMessage, NoteMessage, Place, Rich } from './message.ts';

/** A node as people choose it. */
export interface KnownNode {
  readonly name: string;
  readonly cluster: string;
  readonly ready: boolean;
}

/** An incident on one line. */
export interface IncidentLine {
  readonly node: string;
  readonly cluster: string;
  readonly by: Person;
  readonly place: Place;
  /** When it was opened, milliseconds since the epoch. */
  readonly at: number;
  /** How far it is, as its live message says. */
  readonly title: Rich;
  readonly over: boolean;
  /** What waits for an approval, with the buttons of its card; `null` when nothing does. */
  readonly waiting: ApprovalMessage | null;
  /** Approvals that one person gave alone and nobody else has reviewed yet, each with the button for that; absent: none. */
  readonly reviews?: readonly NoteMessage[];
}
