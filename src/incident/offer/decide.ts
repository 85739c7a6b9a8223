import type { Meaning, Offer, Person, Rehearsed } from '../../model/index.ts';
import { authorise } from './authorise.ts';
import { carryOut } from './carry-out.ts';
import { close } from '../close.ts';
import { dismiss } from '../diagnosis/dismiss.ts';
import { playbookDiffers } from '../diagnosis/follow.ts';
import { approveAlone, review } from './glass.ts';
import { mayAsk, mayReject, maySteer, names } from './people.ts';
import { groupsOf, refuse, signedWith } from './pressed.ts';
import type { Press } from './pressed.ts';
import { notRevocable, recall, revoke } from './revoke.ts';
import { repairedBefore } from '../change/past.ts';
import { announce, replace, show } from './propose.ts';
import { reopen } from '../change/reopen.ts';
import { undo } from '../change/undo.ts';
import { stop } from '../change/stop.ts';
import { takeAnswer } from '../diagnosis/questions.ts';
import { choosePlaybook, diagnose } from '../diagnosis/diagnose.ts';
import { SYMPTOM } from '../diagnosis/questions.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The readings of a repair say enough about what to write down for a day. */
const LASTING_MS = 24 * 60 * 60_000;
const OVER = 'This incident is over: nothing was done.';
const RUN = 'A fix is already running or has run in this incident.';
const ASTRAY = 'it was not pressed where that button stands';

/** A button was pressed. What it means comes from the state alone; an unknown token means nothing any more. */
export function press(turn: Turn, event: Press): void {
  const { token: pressed, by } = event;
  // What came from elsewhere is answered where it was pressed; here it is only written down.
  if (event.astray === true) return audit(turn, by.id, 'refused', `${pressed}: ${ASTRAY}`);
  const meaning = Object.hasOwn(turn.state.buttons, pressed) ? turn.state.buttons[pressed] : undefined;
  if (meaning === undefined) return refuse(turn, by, 'This button is not valid any more.', pressed);
  const forbidden = notAllowed(turn, meaning, by);
  if (forbidden !== null) return refuse(turn, by, forbidden, pressed);
  if (meaning.means === 'answer') return answer(turn, meaning.question, meaning.choice, by);
  if (meaning.means === 'start') return;
  if (
    meaning.means === 'stop' ||
    meaning.means === 'dismiss' ||
    meaning.means === 'reopen' ||
    meaning.means === 'repeat' ||
    meaning.means === 'post-mortem' ||
    meaning.means === 'reviewed'
  ) {
    const refusal = turned(turn, meaning, by);
    return refusal === null ? undefined : refuse(turn, by, refusal, pressed);
  }
  const offer = turn.state.offers.find(({ plan }) => plan.id === meaning.plan);
  if (offer === undefined) return refuse(turn, by, 'This fix is not on offer any more.', pressed);
  if (meaning.means === 'approve') return approve(turn, offer, event);
  if (meaning.means === 'break-glass') return approveAlone(turn, offer, event);
  if (meaning.means === 'reject') return reject(turn, offer, by, event.reason);
  if (meaning.means === 'revoke') return revoke(turn, offer, by);
  if (meaning.means === 'undo') {
    const refusal = undo(turn, offer, by);
    return refusal === null ? undefined : refuse(turn, by, refusal, pressed);
  }
  if (meaning.means === 'offer' && turn.state.life === 'closed') return makeLast(turn, offer, by);
  if (turn.state.life === 'closed') return refuse(turn, by, OVER, pressed);
  if (meaning.means === 'offer') return show(turn, offer);
  if (!turn.state.explained.includes(offer.plan.id)) set(turn, { explained: [...turn.state.explained, offer.plan.id] });
}

/** Why somebody may not press that, one sentence; `null` where they may, and where that is looked at together with what it does. */
function notAllowed(turn: Turn, { means }: Meaning, by: Person): string | null {
  const { house, state } = turn;
  const who = [by, state.by, house.approval, groupsOf(turn)] as const;
  if (means === 'dismiss' && !maySteer(...who))
    return 'Only who started this incident, configured starters, and those who may approve can say that it is not it.';
  if (means === 'stop' && !mayReject(...who))
    return 'Only those who may approve, or who started the incident, can stop it.';
  const asks = means === 'answer' || means === 'offer' || means === 'undo' || means === 'repeat' || means === 'reopen';
  return asks && !mayAsk(...who)
    ? 'Only who started this incident, configured starters, and those who may approve can decide that.'
    : null;
}

/** The incident takes another course; a sentence where it does not. */
function turned(
  turn: Turn,
  meaning: Extract<Meaning, { means: 'stop' | 'dismiss' | 'reopen' | 'repeat' | 'post-mortem' | 'reviewed' }>,
  by: Person,
): string | null {
  switch (meaning.means) {
    case 'dismiss':
      return dismiss(turn, meaning.finding, by);
    case 'reopen':
    case 'repeat':
      return reopen(turn, by, meaning.means === 'repeat');
    case 'post-mortem':
      if (turn.state.life !== 'closed') return 'This incident is open again: what it was is told when it is over.';
      want(turn, { do: 'export', as: 'markdown' });
      return null;
    case 'reviewed':
      return review(turn, meaning.plan, by);
    case 'stop':
      return stop(turn, by);
  }
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

function approve(turn: Turn, offer: Offer, event: Press): void {
  const { by } = event;
  const verdict = authorise(offer, by, event.at, turn.state.by, turn.house.approval, event);
  if (verdict.is === 'refused') return refuse(turn, by, verdict.sentence, offer.plan.id);
  if (turn.state.life !== 'proposing') return refuse(turn, by, RUN, offer.plan.id);
  audit(turn, by.id, 'approved', `plan ${offer.plan.id} hash ${offer.hash}${signedWith(event)}`);
  record(turn, [{ person: by }, { text: ` approved Fix ${offer.letter}` }]);
  for (const { by: earlier } of verdict.lapsed) {
    audit(turn, earlier.id, 'lapsed', `plan ${offer.plan.id}: may not approve any more`);
    record(turn, [
      { text: `The approval of Fix ${offer.letter} by ` },
      { person: earlier },
      { text: ' does not count any more: they may not approve now' },
    ]);
  }
  if (verdict.is === 'consented') {
    if (verdict.lapsed.length > 0)
      want(turn, {
        do: 'whisper',
        to: by,
        sentence: `Your approval of Fix ${offer.letter} counts. ${names(verdict.lapsed.map((consent) => consent.by))} may not approve any more, so it needs somebody else as well.`,
      });
    return replace(turn, { ...offer, consents: verdict.consents });
  }
  carryOut(turn, offer, by, verdict);
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
  // A no that comes after the last yes, and before the node has taken the plan, is a no.
  if (offer.state === 'approved' && notRevocable(turn, offer, by) === null) return recall(turn, offer, by, 'rejected');
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
  replace(turn, {
    ...offer,
    state: 'rejected',
    decidedBy: by,
    decidedAt: turn.event.at,
    ...(reason === undefined ? {} : { reason }),
  });
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
