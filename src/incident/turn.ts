import { canonical } from '../model/json.ts';
import type { AuditRow, Deed, Effect, Event, IncidentState, Meaning, Rich } from '../model/index.ts';
import { sha256 } from '../model/hash.ts';
import type { House } from './house.ts';
import { lifeAfter } from './life.ts';
import type { LifeEvent } from './life.ts';

/** One step of the fold while it is being taken: the state so far, and what it asks of the shell. */
export interface Turn {
  state: IncidentState;
  readonly event: Event;
  readonly house: House;
  readonly effects: Effect[];
  readonly audit: AuditRow[];
  /** Tokens drawn in this turn. */
  drawn: number;
}

/** Replaces members of the state. */
export function set(turn: Turn, change: Partial<IncidentState>): void {
  turn.state = { ...turn.state, ...change };
}

/** Asks the shell for something. The key is unique within the incident. */
export function want(turn: Turn, deed: Deed): void {
  const number = turn.state.effects + 1;
  set(turn, { effects: number });
  turn.effects.push({ key: `${number}-${deed.do}`, ...deed });
}

/** 128 unguessable bits, derived from the event's seed so that the fold stays pure. */
export function token(turn: Turn): string {
  turn.drawn += 1;
  return sha256(`${turn.event.seed}/${turn.drawn}`).slice(0, 32);
}

/** Moves the life machine on. */
export function live(turn: Turn, event: LifeEvent): void {
  set(turn, { life: lifeAfter(turn.state.life, event) });
}

/** Adds a line to the timeline. */
export function record(turn: Turn, what: Rich): void {
  set(turn, { timeline: [...turn.state.timeline, { at: turn.event.at, what }] });
}

/** Adds a row to the audit, written in the same transaction, before any effect of this turn runs. */
export function audit(turn: Turn, by: string, what: string, detail: string): void {
  turn.audit.push({ at: turn.event.at, incident: turn.state.id, by, what, detail });
}

/** A sentence that the person has to read. */
export function trouble(turn: Turn, sentence: string): void {
  if (!turn.state.troubles.includes(sentence)) set(turn, { troubles: [...turn.state.troubles, sentence] });
}

/** Gives a button its meaning, under a token that nobody can guess. The same meaning has one token. */
export function name(turn: Turn, meaning: Meaning): void {
  if (tokenOf(turn.state, meaning) !== null) return;
  set(turn, { buttons: { ...turn.state.buttons, [token(turn)]: meaning } });
}

/** The token under which a button has this meaning; `null` where none has. */
export function tokenOf({ buttons }: IncidentState, meaning: Meaning): string | null {
  const wanted = canonical(meaning);
  return Object.entries(buttons).find(([, one]) => canonical(one) === wanted)?.[0] ?? null;
}
