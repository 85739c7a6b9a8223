import type { AuditRow, Effect, Event, IncidentState } from '../model/index.ts';
import { changed, changeUnknown, settled, unsettled, verified } from './change/node-change.ts';
import { close } from './close.ts';
import { lookedAt, lookFailed, lookOnceMore, takeBack } from './change/again.ts';
import { prepared, stepped } from './change/cluster-change.ts';
import { answer, expire, expireDue, press, rehearsed } from './offer/decide.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { bindFarEnd, playbookChanged } from './diagnosis/follow.ts';
import type { House } from './house.ts';
import { lookAtNodes, lookOf, takeSurvey } from './diagnosis/look.ts';
import { askSymptom, giveUp, SYMPTOM } from './diagnosis/questions.ts';
import { swept } from './change/sweep.ts';
import { lookedBack } from './change/undo.ts';
import { foresee, foreseen, held } from './change/held.ts';
import { everKept } from './change/past.ts';
import { lookAfterRepair } from './change/recheck.ts';
import { superseded } from './offer/propose.ts';
import { tell, told } from './telling.ts';
import { audit, live, name, record, set, trouble, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** What one event makes of an incident. */
export interface Transition {
  readonly state: IncidentState;
  readonly effects: readonly Effect[];
  readonly audit: readonly AuditRow[];
}

/**
 * The fold: (state, event) -> (state, effects). Pure: no clock, no chance, no input or output. `null` is the state of an
 * incident that does not exist yet, and only `opened` begins one, once. Events that come too late change nothing.
 */
export function step(house: House, state: IncidentState | null, event: Event): Transition {
  if (state !== null && event.is === 'opened') return { state, effects: [], audit: [] };
  const turn: Turn = { state: state ?? opening(event), event, house, effects: [], audit: [], drawn: 0 };
  const changed = playbookChanged(turn);
  if (!changed) expireDue(turn);
  if (!changed || event.is === 'shown' || event.is === 'swept') take(turn, event);
  if (changed) abandon(turn);
  foresee(turn, state?.offers ?? []);
  tell(turn);
  return { state: turn.state, effects: turn.effects, audit: turn.audit };
}

function take(turn: Turn, event: Event): void {
  switch (event.is) {
    case 'opened':
      audit(turn, event.by.id, 'opened', event.node);
      record(turn, [{ person: event.by }, { text: ' asked about ' }, { code: event.node }]);
      name(turn, { means: 'stop' });
      askSymptom(turn);
      if (event.symptom !== undefined && turn.house.playbooks.has(event.symptom))
        answer(turn, SYMPTOM, event.symptom, event.by);
      return want(turn, { do: 'locate', node: event.node });
    case 'located':
      if (turn.state.life !== 'opened') return;
      set(turn, { bound: event.bound, farEnds: event.farEnds, clusterEvents: event.clusterEvents });
      event.unseen.forEach((sentence) => trouble(turn, sentence));
      bindFarEnd(turn, playbookFarEnd(turn));
      live(turn, 'located');
      return lookAtNodes(turn);
    case 'locate-failed':
      if (turn.state.life !== 'opened') return;
      record(turn, [{ text: event.sentence }]);
      if (lookFailed(turn, event.sentence)) return;
      trouble(turn, event.sentence);
      return close(turn, 'unknown');
    case 'surveyed':
      if (turn.state.life !== 'diagnosing' || lookOf(turn.state, event.role)?.state !== 'asked') return;
      takeSurvey(turn, event);
      if (event.failure !== undefined) record(turn, [{ text: event.failure.sentence }]);
      return diagnose(turn);
    case 'pressed':
      return press(turn, event);
    case 'watched':
      if (!turn.state.watching || turn.state.life !== 'diagnosing') return;
      set(turn, { watches: [...turn.state.watches, event.watched], watched: event.watched, watching: false });
      return diagnose(turn);
    case 'watch-failed':
      if (!turn.state.watching || turn.state.life !== 'diagnosing') return;
      set(turn, {
        watchFailure: event.sentence,
        watching: false,
        repeated: turn.state.repeated || event.deaf === true,
      });
      return diagnose(turn);
    case 'changed':
      return changed(turn, event.plan, event.entry, event.door);
    case 'change-unknown':
      return changeUnknown(turn, event.plan, event.sentence);
    case 'verified':
      return verified(turn, event);
    case 'settled':
      return settled(turn, event.plan, event.entry, event.door);
    case 'unsettled':
      return unsettled(turn, event.plan, event.sentence);
    case 'rehearsed':
      return rehearsed(turn, event);
    case 'looked-back':
      return lookedBack(turn, event);
    case 'held':
      return held(turn, event);
    case 'foreseen':
      return foreseen(turn, event);
    case 'prepared':
      return prepared(turn, event);
    case 'stepped':
      return stepped(turn, event);
    case 'swept':
      return swept(turn, event);
    case 'woken':
      if (event.name.startsWith('expiry ')) return expire(turn, event.name.slice('expiry '.length));
      if (lookOnceMore(turn, event.name) || lookAfterRepair(turn, event.name)) return;
      return giveUp(turn, event.name);
    case 'shown':
      return told(turn, event.slot, event.ref, event.thread);
    case 'effect-failed':
      if (WAITED_FOR.test(event.effect) && lookFailed(turn, event.sentence)) return;
      trouble(turn, event.sentence);
      return WAITED_FOR.test(event.effect) && looking(turn) ? close(turn, 'aborted') : undefined;
  }
}

/** Keys of effects without whose outcome a diagnosis cannot go on. */
const WAITED_FOR = /-(locate|survey|watch|watch-users)$/;

/** A diagnosis is under way, so that the incident may end at once. */
function looking({ state }: Turn): boolean {
  return state.life === 'opened' || state.life === 'diagnosing';
}

/** A changed playbook never continues an old incident. */
function abandon(turn: Turn): void {
  record(turn, [{ text: 'The playbook was changed meanwhile' }]);
  const changed = lookedAt(turn.state);
  if (changed !== null) {
    trouble(turn, `The playbook was changed before Fix ${changed.letter} was verified, so it is taken back.`);
    return takeBack(turn, changed);
  }
  trouble(
    turn,
    `The playbook was changed while this incident was open, so I stopped. ${everKept(turn.state).length === 0 ? 'Nothing was changed on the node.' : 'What was approved and done before stays.'}`,
  );
  set(turn, { offers: turn.state.offers.map(superseded) });
  close(turn, 'aborted');
}

function playbookFarEnd(turn: Turn): 'api-server' | 'node' | 'outside' {
  const { playbook } = turn.state;
  const known = playbook === null ? undefined : turn.house.playbooks.get(playbook.id);
  return known?.playbook.file['far-end'] ?? 'api-server';
}

function opening(event: Event): IncidentState {
  if (event.is !== 'opened') throw new RangeError(`an incident cannot begin with ${event.is}`);
  return {
    id: event.incident,
    node: event.node,
    cluster: event.cluster,
    by: event.by,
    place: event.place,
    openedAt: event.at,
    life: 'opened',
    playbook: null,
    symptom: null,
    bound: null,
    farEnds: {},
    clusterEvents: [],
    looks: [],
    rounds: 0,
    answers: {},
    questions: [],
    userAnswers: [],
    watches: [],
    watched: null,
    watching: false,
    repeat: false,
    repeated: false,
    watchFailure: null,
    findings: [],
    ruledOut: [],
    unseen: [],
    offers: [],
    explained: [],
    change: null,
    past: [],
    dismissed: [],
    rechecks: [],
    sweep: null,
    outcome: null,
    troubles: [],
    timeline: [],
    buttons: {},
    telling: {},
    effects: 0,
  };
}
