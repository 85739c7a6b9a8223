import type { IncidentState, Offer, Person } from '../../model/index.ts';
import { mayReject, samePerson } from './people.ts';
import { refuse } from './pressed.ts';
import { replace } from './propose.ts';
import { audit, record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** An approval is taken back: one's own while others are wanted, a complete one as long as the node has not taken the plan. */
export function revoke(turn: Turn, offer: Offer, by: Person): void {
  const { letter, plan, consents } = offer;
  const { approval } = turn.house;
  const no = (sentence: string): void => refuse(turn, by, sentence, plan.id);
  if (offer.state === 'waiting') {
    const left = consents.filter((consent) => !samePerson(consent.by, by, approval));
    if (left.length === consents.length)
      return no(`You have not approved Fix ${letter}, so there is nothing of yours to revoke; Reject turns it down.`);
    audit(turn, by.id, 'revoked', `plan ${plan.id}: their own approval`);
    record(turn, [{ person: by }, { text: ` took their approval of Fix ${letter} back` }]);
    return replace(turn, { ...offer, consents: left });
  }
  const refusal = notRevocable(turn, offer, by);
  if (refusal !== null) return no(refusal);
  recall(turn, offer, by, 'revoked');
}

/** Why a complete approval cannot be taken back by this person now; `null` where it can. */
export function notRevocable({ state, house, event }: Turn, offer: Offer, by: Person): string | null {
  const { change, life } = state;
  const { letter, plan, state: stands } = offer;
  if (stands !== 'approved' || change?.plan !== plan.id || life === 'closed')
    return `There is no approval of Fix ${letter} to revoke.`;
  const groups = event.is === 'pressed' ? event.groups : undefined;
  if (!mayReject(by, state.by, house.approval, groups))
    return `Only those who may approve, or who started the incident, can revoke the approval of Fix ${letter}.`;
  if (change.stopped !== undefined) return 'It is being stopped already.';
  return isRevocable(state, offer)
    ? null
    : `Fix ${letter} has begun, so there is nothing to revoke any more; "Stop and take it back" undoes it.`;
}

/** Whether nothing is known yet that says that the node, or the API server, has begun with an approved plan. */
export function isRevocable({ change, life }: IncidentState, { plan }: Offer): boolean {
  return (
    life === 'changing' &&
    change?.plan === plan.id &&
    change.stopped === undefined &&
    change.entry === null &&
    (change.cluster === null || change.cluster.done === 0)
  );
}

/** From now on the change does not begin unless it has already, and then it is taken back. */
export function recall(turn: Turn, offer: Offer, by: Person, word: 'revoked' | 'rejected'): void {
  const { change } = turn.state;
  if (change === null) return;
  audit(turn, by.id, word, `plan ${offer.plan.id} after its approval`);
  record(turn, [{ person: by }, { text: ` revoked the approval of Fix ${offer.letter}` }]);
  replace(turn, { ...offer, revoked: { by, at: turn.event.at } });
  set(turn, { change: { ...change, stopped: by } });
}
