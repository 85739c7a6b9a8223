import type { Approval, Consent, Offer, Person, Plan } from '../../model/index.ts';
import type { ApprovalPolicy } from '../house.ts';

/** The answer to one click on Approve. */
export type Authorised =
  | { readonly is: 'approved'; readonly approval: Approval; readonly consents: readonly Consent[] }
  | { readonly is: 'consented'; readonly consents: readonly Consent[]; readonly missing: number }
  | { readonly is: 'refused'; readonly sentence: string };

/**
 * The only maker of an Approval. Checked anew at each click: the offer waits, it has not expired, the clicker may
 * approve, is not the person who started the incident, and has not approved before, under whichever id. `groups`: user
 * groups that the clicker is in now.
 */
export function authorise(
  offer: Offer,
  by: Person,
  at: number,
  requester: Person,
  policy: ApprovalPolicy,
  groups: readonly string[] = [],
): Authorised {
  const refused = (sentence: string): Authorised => ({ is: 'refused', sentence });
  if (offer.state === 'approved')
    return refused(`Fix ${offer.letter} was approved already${decidedBy(offer)}; it runs once.`);
  if (offer.state === 'rejected') return refused(`Fix ${offer.letter} was rejected${decidedBy(offer)}.`);
  if (offer.state === 'expired' || at >= offer.plan.expiresAt) {
    return refused(
      `Fix ${offer.letter} has expired: what it was based on may have changed. Run /netdiag again for a fresh one.`,
    );
  }
  if (offer.state !== 'waiting') return refused(`Fix ${offer.letter} is not on offer any more.`);
  const others = policy.approvers.filter((person) => !samePerson(person, requester, policy));
  if (samePerson(by, requester, policy))
    return refused(`You started this incident, so someone else has to approve: ${names(others)}.`);
  if (!isApprover(by, policy, groups)) return refused(`You may not approve changes; ${names(others)} may.`);
  if (offer.consents.some((consent) => samePerson(consent.by, by, policy))) {
    return refused(`You have approved Fix ${offer.letter} already; it needs another person.`);
  }
  const consents: readonly Consent[] = [...offer.consents, { by, at, planHash: offer.hash }];
  if (consents.length < offer.plan.approvals) {
    return { is: 'consented', consents, missing: offer.plan.approvals - consents.length };
  }
  const approval = {
    planId: offer.plan.id,
    planHash: offer.hash,
    consents,
    expiresAt: offer.plan.expiresAt,
  } as Approval;
  return { is: 'approved', approval, consents };
}

/** Whether two ids are one person's: the same id, or configured to be. */
export function samePerson(one: Person, other: Person, { identities = [] }: ApprovalPolicy): boolean {
  return one.id === other.id || identities.some((ids) => ids.includes(one.id) && ids.includes(other.id));
}

/** Whether somebody may reject: whoever may approve, and whoever started it. */
export function mayReject(
  by: Person,
  requester: Person,
  policy: ApprovalPolicy,
  groups: readonly string[] = [],
): boolean {
  return samePerson(by, requester, policy) || isApprover(by, policy, groups);
}

/** Ids of Slack's user groups begin so; how many people one has is known only when somebody presses. */
const GROUP = 'S';

/** Why a plan can never get its approvals, one sentence; `null` where enough people may give them, or a group may. */
export function tooFew(plan: Plan, requester: Person, policy: ApprovalPolicy): string | null {
  const others = policy.approvers.filter((person) => !samePerson(person, requester, policy));
  if (others.some(({ id }) => id.startsWith(GROUP)) || others.length >= plan.approvals) return null;
  return `it needs ${plan.approvals} approvals, and besides who started this ${others.length === 0 ? 'nobody' : `only ${names(others)}`} may approve. Add people to approval.approvers.`;
}

/** Whether somebody is configured to approve, by name or by a user group. */
export function isApprover(by: Person, policy: ApprovalPolicy, groups: readonly string[]): boolean {
  return policy.approvers.some(({ id }) => id === by.id || groups.includes(id));
}

function decidedBy(offer: Offer): string {
  return offer.decidedBy === null ? '' : ` by ${offer.decidedBy.name}`;
}

function names(people: readonly Person[]): string {
  return people.length === 0
    ? 'nobody is configured to (approval.approvers)'
    : people.map((person) => `@${person.name}`).join(' or ');
}
