import { changesCluster } from '../../model/index.ts';
import type { Meaning, Offer, Person, Rehearsed } from '../../model/index.ts';
import { authorise, mayReject } from './authorise.ts';
import { begin } from '../change/cluster-change.ts';
import { close } from '../close.ts';
import { dismiss } from '../diagnosis/dismiss.ts';
import { playbookDiffers } from '../diagnosis/follow.ts';
import { repairedBefore } from '../change/past.ts';
import { announce, replace, show, superseded } from './propose.ts';
import { reopen } from '../change/reopen.ts';
import { stop } from '../change/stop.ts';
import { takeAnswer } from '../diagnosis/questions.ts';
import { choosePlaybook, diagnose } from '../diagnosis/diagnose.ts';
import { SYMPTOM } from '../diagnosis/questions.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The readings of a repair say enough about what to write down for a day. */
const LASTING_MS = 24 * 60 * 60_000;
const OVER = 'This incident is over: nothing was done.';

/** A button was pressed. What it means comes from the state alone; an unknown token means nothing any more. */
export function press(turn: Turn, pressed: string, by: Person, reason: string | undefined): void {
  const meaning = Object.hasOwn(turn.state.buttons, pressed) ? turn.state.buttons[pressed] : undefined;
  if (meaning === undefined) return refuse(turn, by, 'This button is not valid any more.', pressed);
  if (meaning.means === 'answer') return answer(turn, meaning.question, meaning.choice, by);
  if (meaning.means === 'start') return;
  if (
    meaning.means === 'stop' ||
    meaning.means === 'dismiss' ||
    meaning.means === 'reopen' ||
    meaning.means === 'repeat'
  ) {
    const refusal = turned(turn, meaning, by);
    return refusal === null ? undefined : refuse(turn, by, refusal, pressed);
  }
  const offer = turn.state.offers.find(({ plan }) => plan.id === meaning.plan);
  if (offer === undefined) return refuse(turn, by, 'This fix is not on offer any more.', pressed);
  if (meaning.means === 'approve') return approve(turn, offer, by);
  if (meaning.means === 'reject') return reject(turn, offer, by, reason);
  if (meaning.means === 'offer' && turn.state.life === 'closed') return makeLast(turn, offer, by);
  if (turn.state.life === 'closed') return refuse(turn, by, OVER, pressed);
  if (meaning.means === 'offer') return show(turn, offer);
  if (!turn.state.explained.includes(offer.plan.id)) set(turn, { explained: [...turn.state.explained, offer.plan.id] });
}

/** The incident takes another course; a sentence where it does not. */
function turned(
  turn: Turn,
  meaning: Extract<Meaning, { means: 'stop' | 'dismiss' | 'reopen' | 'repeat' }>,
  by: Person,
): string | null {
  if (meaning.means === 'dismiss') return dismiss(turn, meaning.finding, by);
  if (meaning.means === 'reopen' || meaning.means === 'repeat') return reopen(turn, by, meaning.means === 'repeat');
  return mayReject(by, turn.state.by, turn.house.approval, groupsOf(turn))
    ? stop(turn, by)
    : 'Only those who may approve, or who started the incident, can stop it.';
}

/** The user's answer; the symptom starts its playbook. */
export function answer(turn: Turn, question: string, choice: string, by: Person): void {
  if (turn.state.life === 'closed') return refuse(turn, by, OVER, question);
  if (question === SYMPTOM && !turn.house.playbooks.has(choice))
    return refuse(turn, by, 'netdiag knows no playbook for that any more: choose something else.', question);
  if (!takeAnswer(turn, question, choice, by))
    return refuse(turn, by, 'That question has been answered already.', question);
  if (question === SYMPTOM) choosePlaybook(turn, choice);
  diagnose(turn);
}

function approve(turn: Turn, offer: Offer, by: Person): void {
  const verdict = authorise(offer, by, turn.event.at, turn.state.by, turn.house.approval, groupsOf(turn));
  if (verdict.is === 'refused') return refuse(turn, by, verdict.sentence, offer.plan.id);
  if (turn.state.life !== 'proposing')
    return refuse(turn, by, 'A fix is already running or has run in this incident.', offer.plan.id);
  audit(turn, by.id, 'approved', `plan ${offer.plan.id} hash ${offer.hash}`);
  record(turn, [{ person: by }, { text: ` approved Fix ${offer.letter}` }]);
  if (verdict.is === 'consented') return replace(turn, { ...offer, consents: verdict.consents });
  replace(turn, { ...offer, consents: verdict.consents, state: 'approved', decidedBy: by, decidedAt: turn.event.at });
  for (const other of turn.state.offers) {
    if (other.plan.id !== offer.plan.id) replace(turn, superseded(other));
  }
  const { plan } = offer;
  const since = turn.event.at;
  set(turn, { change: { plan: plan.id, entry: null, verified: null, seen: null, door: null, since, cluster: null } });
  live(turn, 'approve');
  audit(turn, 'netdiag', 'change', `plan ${plan.id} hash ${offer.hash} on ${plan.node.name}`);
  if (changesCluster(plan)) return begin(turn, plan, verdict.approval);
  want(turn, { do: 'change', plan, approval: verdict.approval });
}

/** The repair of a closed incident is to be made lasting: it opens again for that one offer. */
function makeLast(turn: Turn, offer: Offer, by: Person): void {
  const { outcome, change, past } = turn.state;
  if (outcome !== 'repaired' || offer.state !== 'drafted') return refuse(turn, by, OVER, offer.plan.id);
  if (turn.event.at > offer.plan.expiresAt + LASTING_MS)
    return refuse(
      turn,
      by,
      'That was too long ago: run /netdiag again, and the node is looked at afresh.',
      offer.plan.id,
    );
  if (playbookDiffers(turn))
    return refuse(
      turn,
      by,
      'The playbook was changed meanwhile: run /netdiag again, and the node is looked at afresh.',
      offer.plan.id,
    );
  record(turn, [{ person: by }, { text: ` asked for Fix ${offer.letter}: ${offer.plan.title}` }]);
  // Who asks for a change does not approve it.
  set(turn, { by, past: change === null ? past : [...past, change], change: null, outcome: null });
  live(turn, 'reopen');
  show(turn, offer);
}

/** The API server has said what a plan's patches would change, or why it would refuse them. */
export function rehearsed(turn: Turn, { plan: id, difference, failure }: Rehearsed): void {
  const offer = turn.state.offers.find(({ plan, state }) => plan.id === id && state === 'rehearsing');
  if (offer === undefined || turn.state.life !== 'proposing') return;
  if (failure === undefined) return announce(turn, offer, { ...offer.plan, rehearsal: difference });
  trouble(turn, `Fix ${offer.letter} (${offer.plan.title}) cannot be offered: ${failure}`);
  record(turn, [{ text: `Fix ${offer.letter} cannot be offered: ${failure}` }]);
  replace(turn, { ...offer, state: 'superseded' });
  next(turn);
}

function reject(turn: Turn, offer: Offer, by: Person, reason: string | undefined): void {
  if (offer.state !== 'waiting')
    return refuse(turn, by, `Fix ${offer.letter} is not waiting for a decision any more.`, offer.plan.id);
  if (!mayReject(by, turn.state.by, turn.house.approval, groupsOf(turn))) {
    return refuse(
      turn,
      by,
      `Only those who may approve, or who started the incident, can reject Fix ${offer.letter}.`,
      offer.plan.id,
    );
  }
  audit(turn, by.id, 'rejected', `plan ${offer.plan.id} ${reason ?? ''}`.trim());
  record(turn, [
    { person: by },
    { text: ` rejected Fix ${offer.letter}` },
    ...(reason === undefined ? [] : [{ text: ': ' }, { code: reason }]),
  ]);
  replace(turn, { ...offer, state: 'rejected', decidedBy: by, decidedAt: turn.event.at });
  next(turn);
}

/** The next drafted plan, or the end. Lasting forms wait behind their own button. */
function next(turn: Turn): void {
  const draft = turn.state.offers.find(({ state }) => state === 'drafted');
  if (draft !== undefined && turn.state.life === 'proposing' && !repairedBefore(turn.state)) return show(turn, draft);
  withdraw(turn);
}

/** The expiry of an offer has come. */
export function expire(turn: Turn, planId: string): void {
  const offer = turn.state.offers.find(({ plan }) => plan.id === planId);
  if (offer === undefined || offer.state !== 'waiting') return;
  // A clock that was set back wakes too early.
  if (turn.event.at < offer.plan.expiresAt)
    return want(turn, { do: 'wake', name: `expiry ${planId}`, at: offer.plan.expiresAt });
  audit(turn, 'netdiag', 'expired', `plan ${planId}`);
  record(turn, [{ text: `Fix ${offer.letter} expired unapproved` }]);
  replace(turn, { ...offer, state: 'expired' });
  withdraw(turn);
}

/** Whatever happens at or after an expiry ends the offer, so that a clock set back afterwards does not bring it to life again. */
export function expireDue(turn: Turn): void {
  for (const { plan, state } of turn.state.offers)
    if (state === 'waiting' && turn.event.at >= plan.expiresAt) expire(turn, plan.id);
}

/** Ends with the cause alone once nothing waits any more. */
function withdraw(turn: Turn): void {
  const { life, offers } = turn.state;
  if (life !== 'proposing' || offers.some(({ state }) => state === 'waiting' || state === 'rehearsing')) return;
  close(turn, repairedBefore(turn.state) ? 'repaired' : 'advice');
}

/** User groups that the presser was in when they pressed. */
function groupsOf({ event }: Turn): readonly string[] {
  return event.is === 'pressed' ? (event.groups ?? []) : [];
}

/** Tells the presser alone why nothing happened, and audits it. */
function refuse(turn: Turn, by: Person, sentence: string, about: string): void {
  audit(turn, by.id, 'refused', `${about}: ${sentence}`);
  want(turn, { do: 'whisper', to: by, sentence });
}
