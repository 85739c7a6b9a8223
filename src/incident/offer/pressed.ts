import type { Event, Person } from '../../model/index.ts';
import { audit, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

export type Press = Extract<Event, { is: 'pressed' }>;

/** User groups that the presser was in when they pressed. */
export function groupsOf({ event }: Turn): readonly string[] {
  return event.is === 'pressed' ? (event.groups ?? []) : [];
}

/** What the audit keeps of a signature: whose it is. */
export function signedWith({ signature }: Press): string {
  if (signature === undefined) return '';
  return signature.principal === null ? ', signed' : `, signed by ${signature.principal}`;
}

/** Tells the presser alone why nothing happened, and audits it. */
export function refuse(turn: Turn, by: Person, sentence: string, about: string): void {
  audit(turn, by.id, 'refused', `${about}: ${sentence}`);
  want(turn, { do: 'whisper', to: by, sentence });
}
