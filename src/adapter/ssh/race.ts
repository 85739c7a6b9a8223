import type { ClosedDoor, Door, Gap } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import { DoorClosed } from './closed.ts';
import { said } from './said.ts';

/** Milliseconds that a door has for itself before the next one is tried beside it. */
const headStart = 1500;

/** What came of trying doors: what the first open one gave, and every other door with its reason, in the order tried. */
export type Raced<T> =
  | { readonly open: T; readonly door: Door; readonly tried: readonly ClosedDoor[] }
  | { readonly open: null; readonly gap: Gap; readonly final: boolean; readonly tried: readonly ClosedDoor[] };

/**
 * Tries doors in order, the next one when a door closes or has been silent for 1.5 s (as RFC 8305 does with addresses).
 * The first to open wins and the others are given up; `discard` gets what a late winner brings. A final refusal ends it.
 */
export async function race<T>(
  doors: readonly Door[],
  open: (door: Door, signal: AbortSignal) => Promise<T>,
  discard: (late: T) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<Raced<T>> {
  const closed = new Map<Door, DoorClosed>();
  const winners: { readonly open: T; readonly door: Door }[] = [];
  const decided = new AbortController();
  const given = AbortSignal.any([signal, decided.signal]);
  const pending = new Set<Promise<void>>();
  const over = () => given.aborted;

  const attempt = async (door: Door, turn: AbortController): Promise<void> => {
    try {
      const opened = await open(door, given);
      if (over()) discard(opened);
      else winners.push({ open: opened, door });
      decided.abort();
    } catch (error) {
      const why = error instanceof DoorClosed ? error : new DoorClosed('unreachable', said(String(error)));
      closed.set(door, why);
      if (why.final) decided.abort();
    } finally {
      turn.abort();
    }
  };

  for (const door of doors) {
    if (over()) break;
    const turn = new AbortController();
    pending.add(attempt(door, turn));
    if (door !== doors.at(-1)) await clock.sleep(headStart, AbortSignal.any([turn.signal, given]));
  }
  await Promise.all(pending);

  const tried = doors.flatMap((door) => {
    const why = closed.get(door);
    return why === undefined ? [] : [{ door, because: why.message }];
  });
  const [winner] = winners;
  if (winner !== undefined) return { ...winner, tried };
  const reasons = [...closed.values()];
  const gap = reasons.some((one) => one.gap === 'denied') ? 'denied' : 'unreachable';
  return { open: null, gap, final: reasons.some((one) => one.final), tried };
}
