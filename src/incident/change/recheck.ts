import type { Offer, Verified } from '../../model/index.ts';
import { everKept } from './past.ts';
import { audit, name, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { seenAfter, verification } from './verification.ts';

/** Minutes after a repair: what was put right by hand is often put wrong again by whoever wrote it. */
const MINUTES = [1, 10, 60];
const RECHECK = 'after the repair ';

/** Looks again some time after a repair. The wake-ups are in the journal, so they survive a restart. */
export function watchRepair(turn: Turn, { plan }: Offer): void {
  for (const minutes of MINUTES)
    want(turn, { do: 'wake', name: `${RECHECK}${plan.id} ${minutes}`, at: turn.event.at + minutes * 60_000 });
}

/** The time to look again has come. False where the wake-up is about something else. */
export function lookAfterRepair(turn: Turn, wake: string): boolean {
  if (!wake.startsWith(RECHECK)) return false;
  const { life, offers } = turn.state;
  const change = everKept(turn.state).at(-1);
  const id = wake.slice(RECHECK.length).split(' ')[0];
  const offer = offers.find(({ plan }) => plan.id === id);
  if (life === 'closed' && holds(turn) && offer !== undefined && change?.plan === id)
    want(turn, verification(turn, offer));
  return true;
}

/** What was seen then. Only a regression is told. */
export function rechecked(turn: Turn, event: Verified): void {
  const { rechecks, offers } = turn.state;
  const change = everKept(turn.state).at(-1);
  const offer = offers.find(({ plan }) => plan.id === event.plan);
  if (!holds(turn) || offer === undefined || change?.plan !== event.plan) return;
  const { seen, ...after } = seenAfter(turn, offer, event);
  const good = after.good && after.answered;
  audit(turn, 'netdiag', good ? 'still well' : 'regressed', `plan ${offer.plan.id} ${seen}`);
  set(turn, { rechecks: [...rechecks, { at: turn.event.at, good, seen }] });
  if (good || rechecks.some((before) => !before.good)) return;
  const minutes = Math.max(1, Math.round((turn.event.at - (change.until ?? change.since)) / 60_000));
  const since = `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} after the repair`;
  record(turn, [{ text: `${since}, it is not well any more: ${seen}` }]);
  trouble(turn, `${since} I looked again, and it is not well any more: ${seen}`);
  name(turn, { means: 'reopen' });
}

/** Whether the last repair is thought to hold: it was the end, or a later look found nothing wrong. */
function holds({ state: { outcome } }: Turn): boolean {
  return outcome === 'repaired' || outcome === 'nothing-found';
}
