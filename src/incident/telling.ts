import { canonical } from '../model/json.ts';
import type { IncidentState, Message, MessageRef } from '../model/index.ts';
import { approvalMessages } from './message/approval.ts';
import { findingMessage } from './message/finding.ts';
import { glassMessages } from './message/broken-glass.ts';
import { liveMessage } from './message/live.ts';
import { noteMessages } from './message/notes.ts';
import { questionMessages } from './message/questions.ts';
import { shown } from './message/shown.ts';
import { summaryMessage } from './message/summary.ts';
import { sweepMessage } from './message/sweep.ts';
import { set, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** Everything the thread should show now, by slot, in reading order. A pure function of the state. */
export function messages(state: IncidentState, turn: Pick<Turn, 'house'>): readonly (readonly [string, Message])[] {
  const told = shown(state);
  return [
    ['live', liveMessage(told)],
    ...questionMessages(told),
    ...noteMessages(told),
    ...findingMessage(told),
    ...approvalMessages(told, turn.house.approval),
    ...glassMessages(told, turn.house.approval),
    ...summaryMessage(told),
    ...sweepMessage(told),
  ];
}

/** Compares what should be shown with what was last asked for, and asks for the differences. */
export function tell(turn: Turn): void {
  for (const [slot, message] of messages(turn.state, turn)) {
    const before = turn.state.telling[slot];
    if (before !== undefined && canonical(before.message) === canonical(message)) continue;
    const revision = (before?.revision ?? 0) + 1;
    set(turn, { telling: { ...turn.state.telling, [slot]: { message, revision, ref: before?.ref ?? null } } });
    if (slot === 'live' || turn.state.place.thread !== null) want(turn, { do: 'show', slot, revision });
  }
}

/** A message is in the chat. The first live message makes the thread, and everything that waited for it follows. */
export function told(turn: Turn, slot: string, ref: MessageRef, thread: string | null): void {
  const telling = Object.hasOwn(turn.state.telling, slot) ? turn.state.telling[slot] : undefined;
  if (telling === undefined) return;
  const first = turn.state.place.thread === null && thread !== null;
  set(turn, {
    telling: { ...turn.state.telling, [slot]: { ...telling, ref } },
    place: first ? { ...turn.state.place, thread } : turn.state.place,
  });
  if (!first) return;
  for (const [waiting, { revision }] of Object.entries(turn.state.telling)) {
    if (waiting !== 'live') want(turn, { do: 'show', slot: waiting, revision });
  }
}
