import { readingsOf } from '../check/check.ts';
import { canonical } from '../model/json.ts';
import { sha256 } from '../model/hash.ts';
import type { Finding, Meaning, Offer, Plan } from '../model/index.ts';
import type { Draft, Remediation } from '../remediation/remediation.ts';
import { lookOf } from './look.ts';
import { audit, live, record, set, token, trouble, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** Consents a plan needs, by risk 1, 2, 3. */
const APPROVALS = { 1: 1, 2: 1, 3: 2 } as const;
const LETTERS = ['A', 'B', 'C'];
const UNVERIFIABLE =
  'No fix is offered: no packets could be counted, so nobody could see afterwards whether it helped.';
/** Stands on the card of a plan whose finding is not proven. */
const UNPROVEN = 'No counted packet proves this cause; it rests on what the node itself says. ';

/**
 * Drafts a plan for each remediation that fits and offers the first one. False when none fits, and when no packets could be
 * counted: then nobody could see afterwards whether a fix helped.
 */
export function propose(turn: Turn): boolean {
  const offers: Offer[] = [];
  if (turn.state.watched === null) {
    if (turn.house.remediations.some(({ fixes }) => turn.state.findings.some(({ code }) => fixes.includes(code))))
      trouble(turn, UNVERIFIABLE);
    return false;
  }
  for (const finding of turn.state.findings) {
    for (const remediation of turn.house.remediations) {
      const letter = LETTERS[offers.length];
      if (letter === undefined || !remediation.fixes.includes(finding.code)) continue;
      if (offers.some(({ plan }) => plan.remediation === remediation.id)) continue;
      const plan = draft(turn, remediation, finding);
      if (plan !== null) offers.push(offer(turn, letter, plan, offers.length === 0));
    }
  }
  const [first] = offers;
  if (first === undefined) return false;
  set(turn, { offers: [...turn.state.offers.map(superseded), ...offers] });
  for (const { plan, tokens } of offers) name(turn, plan.id, tokens);
  residues(turn, first.plan);
  live(turn, 'propose');
  announce(turn, first);
  return true;
}

/** Puts a drafted plan up for approval: its expiry runs from now. */
export function show(turn: Turn, offer: Offer): void {
  if (offer.state !== 'drafted') return;
  const plan = { ...offer.plan, expiresAt: turn.event.at + turn.house.approval.expiresMs };
  const waiting: Offer = { ...offer, plan, hash: sha256(canonical(plan)), state: 'waiting' };
  replace(turn, waiting);
  announce(turn, waiting);
}

/** Replaces an offer by plan id. */
export function replace(turn: Turn, offer: Offer): void {
  set(turn, { offers: turn.state.offers.map((other) => (other.plan.id === offer.plan.id ? offer : other)) });
}

function superseded(offer: Offer): Offer {
  return offer.state === 'waiting' || offer.state === 'drafted' || offer.state === 'approved'
    ? { ...offer, state: 'superseded' }
    : offer;
}

function draft(turn: Turn, remediation: Remediation, finding: Finding): Plan | null {
  const { bound, answers, playbook } = turn.state;
  const look = lookOf(turn.state, 'subject');
  if (bound === null || playbook === null || look?.identity === null || look?.identity === undefined) return null;
  const drafted = remediation.draft(finding, { bound, readings: readingsOf(answers), door: look.door });
  if ('unfit' in drafted) {
    trouble(turn, `The fix "${remediation.id}" does not fit ${bound.subject.name}: ${drafted.unfit}.`);
    return null;
  }
  return complete(turn, remediation, finding, drafted, look.identity, { id: playbook.id, digest: playbook.digest });
}

function complete(
  turn: Turn,
  remediation: Remediation,
  finding: Finding,
  drafted: Draft,
  node: Plan['node'],
  playbook: Plan['playbook'],
): Plan {
  const commands = (list: Draft['steps']): Plan['steps'] =>
    list.map((argv) => ({ kind: 'node-command', node: node.name, argv }));
  return {
    version: 1,
    id: token(turn),
    incident: turn.state.id,
    remediation: remediation.id,
    finding: finding.code,
    cluster: turn.state.cluster,
    node,
    title: drafted.title,
    safety: `${finding.confidence === 'proven' ? '' : UNPROVEN}${drafted.safety}`,
    steps: commands(drafted.steps),
    undo: commands(drafted.undo),
    preconditions: drafted.preconditions,
    risk: remediation.risk,
    approvals: APPROVALS[remediation.risk],
    doors: drafted.doors,
    rollbackSeconds: drafted.rollbackSeconds,
    expiresAt: turn.event.at + turn.house.approval.expiresMs,
    verify: drafted.verify,
    durable: drafted.durable,
    playbook,
  };
}

function offer(turn: Turn, letter: string, plan: Plan, first: boolean): Offer {
  return {
    letter,
    plan,
    hash: sha256(canonical(plan)),
    state: first ? 'waiting' : 'drafted',
    consents: [],
    tokens: { approve: token(turn), reject: token(turn), explain: token(turn), offer: token(turn) },
    decidedBy: null,
    decidedAt: null,
  };
}

function name(turn: Turn, plan: string, tokens: Offer['tokens']): void {
  const meanings: Record<string, Meaning> = { ...turn.state.buttons };
  for (const means of ['approve', 'reject', 'explain', 'offer'] as const) meanings[tokens[means]] = { means, plan };
  set(turn, { buttons: meanings });
}

function announce(turn: Turn, offer: Offer): void {
  record(turn, [{ text: `Fix ${offer.letter} offered: ${offer.plan.title}` }]);
  audit(turn, 'netdiag', 'offered', `plan ${offer.plan.id} hash ${offer.hash} ${offer.plan.title}`);
  want(turn, { do: 'wake', name: `expiry ${offer.plan.id}`, at: offer.plan.expiresAt });
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
      left.every(({ code }) =>
        turn.house.remediations.some((r) => r.id === other.remediation && r.fixes.includes(code)),
      ),
  );
  const cure = covering === undefined ? '' : ` Fix ${covering.letter} covers both.`;
  const residue = left.map(({ statement }) => `${statement}${cure}`);
  set(turn, { findings: [{ ...leading, residue }, ...others] });
}
