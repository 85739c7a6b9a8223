import { proofsOf } from '../../playbook/index.ts';
import { conclude } from './conclude.ts';
import { noDoor } from './doors.ts';
import { bindFarEnd, follow, present } from './follow.ts';
import { judge, weigh } from './judge.ts';
import { askMore, askOpen, lookOf } from './look.ts';
import { pathOf, pathQuestions } from '../path/index.ts';
import { awaitRepetition } from '../watch/repeat.ts';
import { offerAnswers } from './questions.ts';
import { record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { answeredAlready, nextProof } from './triage.ts';
import { questionsFor, watchFor } from '../watch/watch.ts';

/** More states than any playbook can chain without waiting; a guard against a circle of verdicts. */
const STEPS = 32;

/**
 * Goes as far as what is known allows: from playbook state to playbook state, until it has to wait for a node, a person
 * or a capture, or reaches an end. Called after every event while diagnosing; asking nothing twice is its own business.
 */
export function diagnose(turn: Turn): void {
  for (let step = 0; step < STEPS; step += 1) {
    if (turn.state.life !== 'diagnosing' || turn.state.looks.some((look) => look.state === 'asked')) return;
    const subject = lookOf(turn.state, 'subject');
    if (subject?.state === 'failed' && subject.door === null) return noDoor(turn);
    const here = present(turn);
    if (here === null) return;
    if (!act(turn, here.name, here.state)) return;
  }
  trouble(turn, 'The playbook went round in a circle; this is a mistake in the playbook.');
  conclude(turn, 'unseen');
}

/** Acts on one playbook state; false when it has to wait. */
function act(turn: Turn, name: string, state: NonNullable<ReturnType<typeof present>>['state']): boolean {
  if ('narrow' in state) {
    if (askMore(turn, state.narrow)) return false;
    follow(turn, judge(turn, state.narrow));
    return true;
  }
  if ('ask' in state) {
    const given = turn.state.userAnswers.find(({ question }) => question === name);
    const known = given === undefined ? knownAnswer(turn, state) : null;
    if (known !== null) {
      record(turn, [
        { text: `Not asked, for the readings say it: ${state.ask} ${state.next[known]?.button ?? known}` },
      ]);
      follow(turn, known);
      return true;
    }
    if (given === undefined) {
      const choices = Object.entries(state.next).map(([id, { button }]) => ({ id, label: button }));
      offerAnswers(turn, name, state.ask, choices);
      return false;
    }
    follow(turn, given.choice);
    return true;
  }
  if ('prove' in state) {
    if (turn.state.watching) return false;
    const weighed = weigh(turn);
    if (awaitRepetition(turn, proofsOf(state))) return false;
    const ours = turn.state.watchFailure === null && !turn.state.repeated;
    const proof = ours ? nextProof(turn.house, turn.state, proofsOf(state)) : null;
    if (proof !== null && turn.state.watches.length < proofsOf(state).length) {
      if (askOpen(turn, questionsFor(turn.state, proof.target))) return false;
      const watch = watchFor(turn.state, proof);
      if ('unfit' in watch) {
        if (turn.state.watches.length === 0) {
          set(turn, { watchFailure: watch.unfit });
          return true;
        }
        follow(turn, weighed);
        return true;
      }
      const points = watch.watch.points.flatMap(({ device }, at) => [
        ...(at === 0 ? [] : [{ text: ' and ' }]),
        { code: device },
      ]);
      record(turn, [{ text: `Sent ${watch.stimulus.count} marked packets, twice, and watched ` }, ...points]);
      want(turn, { do: 'watch', ...watch });
      set(turn, { watching: true });
      return false;
    }
    if (askOpen(turn, pathQuestions(turn.state))) return false;
    set(turn, { path: pathOf(turn.state) });
    follow(turn, weighed);
    return true;
  }
  conclude(turn, state.end);
  return false;
}

/** The choice that the readings have made already; `null` where a person has to be asked. */
function knownAnswer(turn: Turn, state: NonNullable<ReturnType<typeof present>>['state']): string | null {
  const { playbook } = turn.state;
  const known = playbook === null ? undefined : turn.house.playbooks.get(playbook.id);
  return known === undefined ? null : answeredAlready(turn.house, turn.state, known.playbook, state);
}

/** Takes the user's answer to the symptom question and starts its playbook. */
export function choosePlaybook(turn: Turn, id: string): void {
  const known = turn.house.playbooks.get(id);
  if (known === undefined) return;
  set(turn, {
    symptom: id,
    playbook: { id, digest: known.playbook.digest, state: known.route.start },
    rounds: 0,
  });
  bindFarEnd(turn, known.playbook.file['far-end']);
}
