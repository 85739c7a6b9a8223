import type { Offer } from '../../model/index.ts';
import { close } from '../close.ts';
import { proposeLasting } from '../offer/propose.ts';
import { watchRepair } from './recheck.ts';
import { set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The node is mended: offer to make it last, end, and ask the other nodes of the pool whether they have the same cause. */
export function repaired(turn: Turn, offer: Offer): void {
  const { findings, sweep, change } = turn.state;
  if (change !== null) set(turn, { change: { ...change, until: change.until ?? turn.event.at } });
  const lasting = turn.house.remediations.some(({ id, lasts }) => id === offer.plan.remediation && lasts !== undefined);
  if (!lasting) proposeLasting(turn, offer, findings);
  close(turn, 'repaired');
  watchRepair(turn, offer);
  const check = turn.house.checks.find(({ codes }) => codes.includes(offer.plan.finding));
  if (check === undefined || sweep !== null) return;
  set(turn, { sweep: 'asked' });
  want(turn, { do: 'sweep', finding: offer.plan.finding, check: check.id });
}
