import type { Approval, Consent, GivenSignature, Offer, Person, Plan, Standing } from '../../model/index.ts';
import type { ApprovalPolicy } from '../house.ts';
import { approversBut, isApprover, isTold, mayBreakGlass, names, samePerson, stillApprover } from './people.ts';

/** The answer to one click on Approve. `lapsed`: earlier consents that do not count any more. */
export type Authorised =
  | {
      readonly is: 'approved';
      readonly approval: Approval;
      readonly consents: readonly Consent[];
      readonly lapsed: readonly Consent[];
    }
  | {
      readonly is: 'consented';
      readonly consents: readonly Consent[];
      readonly lapsed: readonly Consent[];
      readonly missing: number;
    }
  | { readonly is: 'refused'; readonly sentence: string };

/** What came with the click, asked at that moment. */
export interface Asked {
  /** User groups that the clicker is in now; absent: none. */
  readonly groups?: readonly string[];
  /** What the chat says now of those who approved before; absent: nobody was asked. */
  readonly standing?: readonly Standing[];
  readonly signature?: GivenSignature;
}

/** An approval that one person gave alone is valid for so long. */
const GLASS_MS = 30 * 60_000;

/**
 * With `breakGlass`, the only maker of an Approval. Checked anew at each click: the offer waits, it has not expired, the clicker may
 * approve, is not the person who started the incident, and has not approved before, under whichever id; where the node demands it,
 * there is a signature of that very person. Once there are enough consents, each of them must still be an approver's.
 */
export function authorise(
  offer: Offer,
  by: Person,
  at: number,
  requester: Person,
  policy: ApprovalPolicy,
  asked: Asked = {},
): Authorised {
  const over = notWaiting(offer, at);
  if (over !== null) return refused(over);
  const others = approversBut(requester, policy);
  if (samePerson(by, requester, policy))
    return refused(`You started this incident, so someone else has to approve: ${names(others)}.`);
  if (!isApprover(by, policy, asked.groups ?? [])) return refused(`You may not approve changes; ${names(others)} may.`);
  if (offer.consents.some((consent) => samePerson(consent.by, by, policy)))
    return refused(`You have approved Fix ${offer.letter} already; it needs another person.`);
  const unsigned = offer.plan.signed === true ? signedBy(by, policy, asked.signature) : null;
  if (unsigned !== null) return refused(unsigned);

  const { plan, hash } = offer;
  const mine: Consent = {
    by,
    at,
    planHash: hash,
    ...(asked.signature === undefined ? {} : { signature: asked.signature.armored }),
  };
  if (offer.consents.length + 1 < plan.approvals) {
    const consents = [...offer.consents, mine];
    return { is: 'consented', consents, lapsed: [], missing: plan.approvals - consents.length };
  }
  const standing = asked.standing ?? [];
  const untold = offer.consents.filter(({ by: earlier }) => !isTold(earlier, standing));
  if (untold.length > 0) {
    const who = names(untold.map((consent) => consent.by));
    return refused(`Whether ${who} may still approve could not be told: press Approve once more, in the chat.`);
  }
  const stands = ({ by: earlier, planHash }: Consent): boolean =>
    planHash === hash && !samePerson(earlier, requester, policy) && stillApprover(earlier, policy, standing);
  const consents = [...offer.consents.filter(stands), mine];
  const lapsed = offer.consents.filter((consent) => !stands(consent));
  const missing = plan.approvals - consents.length;
  if (missing > 0) return { is: 'consented', consents, lapsed, missing };
  return { is: 'approved', approval: approvalOf(offer, consents, plan.expiresAt, {}), consents, lapsed };
}

/**
 * One person approves alone, in an emergency: somebody configured for that, with a reason and a verified signature of their own. It
 * skips how many people are wanted and who they are, and nothing else.
 */
export function breakGlass(
  offer: Offer,
  by: Person,
  at: number,
  policy: ApprovalPolicy,
  reason: string,
  signature: GivenSignature | undefined,
): Authorised {
  const over = notWaiting(offer, at);
  if (over !== null) return refused(over);
  if (!mayBreakGlass(by, policy))
    return refused('You may not approve alone; only those in approval.breakGlass may, and that is told to everybody.');
  if (reason.trim() === '') return refused('Approving alone needs a reason: everybody reads it, and it is reviewed.');
  if (policy.verifies !== true)
    return refused(
      'Approving alone needs a signature that netdiag can verify: approval.signersFile is not configured.',
    );
  const unsigned = signedBy(by, policy, signature);
  if (unsigned !== null || signature === undefined) return refused(unsigned ?? NO_SIGNATURE);
  const { plan, hash } = offer;
  const mine: Consent = { by, at, planHash: hash, signature: signature.armored };
  const consents = [...offer.consents.filter((consent) => !samePerson(consent.by, by, policy)), mine];
  const expiresAt = Math.min(plan.expiresAt, at + GLASS_MS);
  return { is: 'approved', approval: approvalOf(offer, consents, expiresAt, { glass: true }), consents, lapsed: [] };
}

/** The one place where an Approval comes to be. */
function approvalOf(
  { plan, hash }: Offer,
  consents: readonly Consent[],
  expiresAt: number,
  how: Pick<Approval, 'glass'>,
): Approval {
  return { planId: plan.id, planHash: hash, consents, expiresAt, ...how } as Approval;
}

const NO_SIGNATURE = 'This fix needs your signature: press Approve, sign what it shows, and paste the signature.';

/** Why a signature does not count as this person's, `null` when it does. What nobody here can verify is left to the node. */
function signedBy(by: Person, policy: ApprovalPolicy, signature: GivenSignature | undefined): string | null {
  if (signature === undefined) return NO_SIGNATURE;
  if (signature.refusal !== undefined) return signature.refusal;
  if (policy.verifies !== true) return null;
  if (signature.principal === null) return 'Your signature could not be verified, so it does not count.';
  if (samePerson({ id: `signer:${signature.principal}` }, by, policy)) return null;
  return "That signature is somebody else's: only your own counts as your approval.";
}

/** Why nobody can approve an offer now; `null` when it waits for approvals. */
function notWaiting(offer: Offer, at: number): string | null {
  const { letter, state } = offer;
  if (state === 'approved') return `Fix ${letter} was approved already${decidedBy(offer)}; it runs once.`;
  if (state === 'rejected') return `Fix ${letter} was rejected${decidedBy(offer)}.`;
  if (state === 'expired' || at >= offer.plan.expiresAt)
    return `Fix ${letter} has expired: what it was based on may have changed. Run /netdiag again for a fresh one.`;
  return state === 'waiting' ? null : `Fix ${letter} is not on offer any more.`;
}

/** Ids of Slack's user groups begin so; how many people one has is known only when somebody presses. */
const GROUP = 'S';

/** Why a plan can never get its approvals, one sentence; `null` where enough people may give them, or a group may. */
export function tooFew(plan: Plan, requester: Person, policy: ApprovalPolicy): string | null {
  const others = approversBut(requester, policy);
  if (others.some(({ id }) => id.startsWith(GROUP)) || others.length >= plan.approvals) return null;
  return `it needs ${plan.approvals} approvals, and besides who started this ${others.length === 0 ? 'nobody' : `only ${names(others)}`} may approve. Add people to approval.approvers.`;
}

function refused(sentence: string): Authorised {
  return { is: 'refused', sentence };
}

function decidedBy(offer: Offer): string {
  return offer.decidedBy === null ? '' : ` by ${offer.decidedBy.name}`;
}
