import { changesCluster } from '../../model/index.ts';
import type { Offer, Person } from '../../model/index.ts';
import type { Authorised } from './authorise.ts';
import { begin } from '../change/cluster-change.ts';
import { replace, superseded } from './propose.ts';
import { audit, live, name, set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Enough consents, or one in an emergency: the change begins. */
export function carryOut(
  turn: Turn,
  offer: Offer,
  by: Person,
  { consents, approval }: Extract<Authorised, { is: 'approved' }>,
): void {
  replace(turn, { ...offer, consents, state: 'approved', decidedBy: by, decidedAt: turn.event.at });
  for (const other of turn.state.offers) {
    if (other.plan.id !== offer.plan.id) replace(turn, superseded(other));
  }
  const { plan } = offer;
  const since = turn.event.at;
  set(turn, { change: { plan: plan.id, entry: null, verified: null, seen: null, door: null, since, cluster: null } });
  name(turn, { means: 'revoke', plan: plan.id });
  live(turn, 'approve');
  audit(turn, 'netdiag', 'change', `plan ${plan.id} hash ${offer.hash} on ${plan.node.name}`);
  if (changesCluster(plan)) return begin(turn, plan, approval);
  want(turn, { do: 'change', plan, approval });
}
