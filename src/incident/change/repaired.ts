import type { Offer } from '../../model/index.ts';
import { close } from '../close.ts';
import { proposeLasting } from '../offer/propose.ts';
import { causeOf, keptChanges, mendedCauses } from './past.ts';
import { watchRepair } from './recheck.ts';
import { set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The node is mended: offer to make it last, end, and ask the other nodes of the pool whether they have the same causes. */
export function repaired(turn: Turn, offer: Offer): void {
  const { sweep, change } = turn.state;
  if (change !== null) set(turn, { change: { ...change, until: change.until ?? turn.event.at } });
  for (const { plan: id } of keptChanges(turn.state)) {
    const kept = turn.state.offers.find(({ plan }) => plan.id === id);
    const cause = kept === undefined ? null : causeOf(turn.state, kept.plan);
    if (kept !== undefined && cause !== null) proposeLasting(turn, kept, [cause]);
  }
  close(turn, 'repaired');
  watchRepair(turn, offer);
  const causes = mendedCauses(turn.state).flatMap(({ code }) => {
    const check = turn.house.checks.find(({ codes }) => codes.includes(code));
    return check === undefined ? [] : [{ finding: code, check: check.id }];
  });
  const [first, ...also] = causes;
  if (first === undefined || sweep !== null) return;
  set(turn, { sweep: 'asked' });
  want(turn, { do: 'sweep', ...first, ...(also.length === 0 ? {} : { also }) });
}
