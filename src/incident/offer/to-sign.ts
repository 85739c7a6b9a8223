import { canonical } from '../../model/json.ts';
import { sha256 } from '../../model/hash.ts';
import { changesCluster, orderOf } from '../../model/index.ts';
import type { IncidentState, Offer, Plan } from '../../model/index.ts';

/**
 * The text under which a person signs this plan. What a node runs has its order, which the node's gate executes; of what the API
 * server does, the plan's hash says everything, and no gate takes it for an order: it names no node and no command.
 */
export function textToSign(plan: Plan): string {
  if (!changesCluster(plan)) return orderOf(plan);
  const until = new Date(plan.expiresAt).toISOString();
  return `netdiag order 1\ncluster-plan ${sha256(canonical(plan))}\nexpires ${until}\nend\n`;
}

/** The offer for which that button wants a signature; `null` where it wants none, or nobody can approve it now. */
export function offerToSign({ buttons, offers }: IncidentState, token: string): Offer | null {
  const meaning = Object.hasOwn(buttons, token) ? buttons[token] : undefined;
  if (meaning?.means !== 'approve' && meaning?.means !== 'break-glass') return null;
  const offer = offers.find(({ plan, state }) => plan.id === meaning.plan && state === 'waiting');
  return offer !== undefined && (meaning.means === 'break-glass' || offer.plan.signed === true) ? offer : null;
}
