import type { Held, Offer } from '../../model/index.ts';
import { close } from '../close.ts';
import { repairedBefore } from './past.ts';
import { replace, superseded } from '../offer/propose.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** An approved plan did not begin, because of the world around it: nothing was changed, and it can be approved anew. */
export function held(turn: Turn, { plan: id, sentence }: Pick<Held, 'plan' | 'sentence'>): void {
  const { change, life, offers } = turn.state;
  const offer = offers.find(({ plan, state }) => plan.id === id && state === 'approved');
  if (offer === undefined || change === null || change.plan !== id || life !== 'changing' || sentence === null) return;
  audit(turn, 'netdiag', 'held', `plan ${id} ${sentence}`);
  record(turn, [{ text: `Fix ${offer.letter} was not started, and nothing was changed: ${sentence}` }]);
  trouble(turn, `Fix ${offer.letter} was not started, and nothing was changed. ${sentence}`);
  set(turn, { change: null });
  if (change.stopped !== undefined) {
    replace(turn, superseded({ ...offer, state: 'waiting' }));
    return close(turn, repairedBefore(turn.state) ? 'repaired' : 'aborted');
  }
  live(turn, 'held');
  replace(turn, { ...offer, state: 'waiting', consents: [], decidedBy: null, decidedAt: null, held: sentence });
  // The first one may have come and gone while it was approved.
  want(turn, { do: 'wake', name: `expiry ${id}`, at: offer.plan.expiresAt });
}

/** Whether a plan on offer could begin now; said on its card. */
export function foreseen(turn: Turn, { plan: id, sentence }: Pick<Held, 'plan' | 'sentence'>): void {
  const offer = turn.state.offers.find(({ plan, state }) => plan.id === id && state === 'waiting');
  if (offer !== undefined && sentence !== null) replace(turn, { ...offer, held: sentence });
}

/** Asks of every plan that came on offer in this turn whether it could begin now. */
export function foresee(turn: Turn, before: readonly Offer[]): void {
  const waited = new Set(before.filter(({ state }) => state === 'waiting').map(({ plan }) => plan.id));
  for (const { plan, state, held: known } of turn.state.offers)
    if (state === 'waiting' && known === undefined && !waited.has(plan.id)) want(turn, { do: 'foresee', plan });
}
