import { canonical } from '../../model/json.ts';
import { sha256 } from '../../model/hash.ts';
import { changesCluster } from '../../model/index.ts';
import type { Finding, Meaning, Offer, Plan } from '../../model/index.ts';
import type { Remediation } from '../../remediation/remediation.ts';
import { tooFew } from './authorise.ts';
import { presentOffers } from '../change/past.ts';
import { planFor } from './draft.ts';
import { audit, live, name, record, set, token, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

const LETTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
/** More than this nobody compares in an outage. */
const AT_ONCE = 3;
const UNVERIFIABLE =
  'No fix is offered: no packets could be counted, so nobody could see afterwards whether it helped.';

/**
 * Drafts a plan for each remediation that fits and offers the first one. False when none fits, and when no packets could be
 * counted: then nobody could see afterwards whether a fix helped.
 */
export function propose(turn: Turn): boolean {
  const mending = turn.house.remediations.filter(({ lasts }) => lasts === undefined);
  if (turn.state.watched === null) {
    if (mending.some(({ fixes }) => turn.state.findings.some(({ code }) => fixes.includes(code))))
      trouble(turn, UNVERIFIABLE);
    return false;
  }
  const offers = offersFor(turn, mending, turn.state.findings);
  const [first] = offers;
  if (first === undefined) return false;
  set(turn, { offers: [...turn.state.offers.map(superseded), ...offers] });
  residues(turn, first.plan);
  if (turn.state.life !== 'proposing') live(turn, 'propose');
  name(turn, { means: 'dismiss', finding: first.plan.finding });
  show(turn, first);
  return true;
}

/** Drafts the lasting forms of a repair; each waits behind a button of the summary. */
export function proposeLasting(turn: Turn, { plan }: Offer, findings: readonly Finding[]): void {
  // A form of which nobody could decide, because another one was approved first, is drafted anew.
  const told = presentOffers(turn.state).filter(({ state }) => state !== 'superseded');
  const lasting = turn.house.remediations.filter(
    ({ id, lasts }) => lasts?.includes(plan.remediation) === true && !told.some((one) => one.plan.remediation === id),
  );
  const cause = findings.filter(({ code }) => code === plan.finding);
  const { troubles } = turn.state;
  const offers = offersFor(turn, lasting, cause);
  // Where no lasting form fits, the summary says in words what lasts.
  set(turn, { offers: [...turn.state.offers, ...offers], troubles });
}

/** Puts a drafted plan up for approval; one with patches once the API server has said what they would change. */
export function show(turn: Turn, offer: Offer): void {
  if (offer.state !== 'drafted') return;
  if (offer.plan.steps.some(({ kind }) => kind === 'kubernetes-patch')) {
    replace(turn, { ...offer, state: 'rehearsing' });
    return want(turn, { do: 'rehearse', plan: offer.plan });
  }
  announce(turn, offer, offer.plan);
}

/** Replaces an offer by plan id. */
export function replace(turn: Turn, offer: Offer): void {
  set(turn, { offers: turn.state.offers.map((other) => (other.plan.id === offer.plan.id ? offer : other)) });
}

/** An offer that nobody has decided about and nobody can any more. */
export function superseded(offer: Offer): Offer {
  return offer.state === 'waiting' || offer.state === 'drafted' || offer.state === 'rehearsing'
    ? { ...offer, state: 'superseded' }
    : offer;
}

/** A plan per remediation, in the order of the findings; letters go on where earlier offers of the incident ended. */
function offersFor(turn: Turn, remediations: readonly Remediation[], findings: readonly Finding[]): Offer[] {
  const plans: Plan[] = [];
  for (const finding of findings) {
    for (const remediation of remediations) {
      if (plans.length >= AT_ONCE || !remediation.fixes.includes(finding.code)) continue;
      if (plans.some((plan) => plan.remediation === remediation.id)) continue;
      const plan = planFor(turn, remediation, finding);
      if (plan !== null) plans.push(plan);
    }
  }
  const taken = turn.state.offers.length;
  return plans.map((plan, index) => makeOffer(turn, taken + index, plan));
}

/** The plan as a draft, with the letter of its place among all offers of the incident and buttons of its own. */
export function makeOffer(turn: Turn, at: number, plan: Plan): Offer {
  const letter = LETTERS[at] ?? String(at + 1);
  const made: Offer = {
    letter,
    plan,
    hash: sha256(canonical(plan)),
    state: 'drafted',
    consents: [],
    tokens: { approve: token(turn), reject: token(turn), explain: token(turn), offer: token(turn) },
    decidedBy: null,
    decidedAt: null,
  };
  const meanings: Record<string, Meaning> = { ...turn.state.buttons };
  for (const means of ['approve', 'reject', 'explain', 'offer'] as const)
    meanings[made.tokens[means]] = { means, plan: plan.id };
  set(turn, { buttons: meanings });
  return made;
}

/** From now on the plan can be approved; its expiry runs from now. */
export function announce(turn: Turn, offer: Offer, complete: Plan): void {
  const plan = issued(complete, turn.event.at, turn.house.approval.expiresMs);
  const waiting: Offer = { ...offer, plan, hash: sha256(canonical(plan)), state: 'waiting' };
  replace(turn, waiting);
  record(turn, [{ text: `Fix ${offer.letter} offered: ${plan.title}` }]);
  audit(turn, 'netdiag', 'offered', `plan ${plan.id} hash ${waiting.hash} ${plan.title}`);
  want(turn, { do: 'wake', name: `expiry ${plan.id}`, at: plan.expiresAt });
  name(turn, { means: 'revoke', plan: plan.id });
  if ((turn.house.approval.breakers ?? []).length > 0) name(turn, { means: 'break-glass', plan: plan.id });
  const short = tooFew(plan, turn.state.by, turn.house.approval);
  if (short !== null) trouble(turn, `Fix ${offer.letter} cannot be approved as things are: ${short}`);
}

/** The plan as it is put up for approval now; where the node has a gate, that demands signatures under it. */
function issued(complete: Plan, at: number, standsMs: number): Plan {
  const plan = { ...complete, issuedAt: at, expiresAt: at + standsMs };
  return plan.node.gate === undefined || changesCluster(plan) ? plan : { ...plan, signed: true };
}

/** What the first plan leaves broken belongs beside the finding, before anybody approves. */
function residues(turn: Turn, plan: Plan): void {
  const [leading, ...others] = turn.state.findings;
  if (leading === undefined) return;
  const left = others.filter(({ code }) => {
    const check = turn.house.checks.find(({ codes }) => codes.includes(code));
    return check !== undefined && !plan.verify.includes(check.id);
  });
  const covering = turn.state.offers.find(
    ({ plan: other, state }) =>
      state === 'drafted' &&
      other.id !== plan.id &&
      left.every(({ code }) =>
        turn.house.remediations.some((r) => r.id === other.remediation && r.fixes.includes(code)),
      ),
  );
  const cure = covering === undefined ? '' : ` Fix ${covering.letter} covers both.`;
  const residue = left.map(({ statement }) => `${statement}${cure}`);
  set(turn, { findings: [{ ...leading, residue }, ...others] });
}
