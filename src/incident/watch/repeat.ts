import type { CapturePoint, Deed, IncidentState } from '../../model/index.ts';
import type { ProofStep } from '../../playbook/index.ts';
import { usersFilter } from '../../capture/index.ts';
import { offerAnswers } from '../diagnosis/questions.ts';
import { record, set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { LIMITS, tcpTarget } from './watch.ts';

/** Id of the question whether somebody can repeat what fails. */
export const REPEAT = 'repeat';
/** The answer of whoever cannot. */
export const CANNOT = 'cannot';
const NOW = 'now';
/** The captures outlast the time that people are given. */
const SECONDS = 30;

/**
 * Where netdiag could not send packets itself, or where somebody wants their own ones watched: asks the person to repeat what
 * fails, and counts that. True while that has to be awaited. Only TCP whose target is known can be told from everything else.
 */
export function awaitRepetition(turn: Turn, proofs: readonly ProofStep[]): boolean {
  const { watches, watchFailure, repeat, repeated, userAnswers, change } = turn.state;
  if (watches.length > 0 || (watchFailure === null && !repeat) || change !== null || repeated) return false;
  const watch = usersWatch(turn.state, proofs);
  if (watch === null) return false;
  const given = userAnswers.find(({ question }) => question === REPEAT);
  if (given === undefined) {
    const { to, port } = watch.expected;
    const why = watchFailure === null ? '' : `${watchFailure} `;
    const text = `${why}Can you repeat what fails? Press when you begin: I watch TCP to ${to}, port ${port}, for 20 s and send nothing.`;
    offerAnswers(turn, REPEAT, text, [
      { id: NOW, label: 'I am repeating it now' },
      { id: CANNOT, label: 'I cannot repeat it' },
    ]);
    return true;
  }
  if (given.choice !== NOW) return false;
  record(turn, [{ text: 'Watched while somebody repeated what fails' }]);
  set(turn, { watching: true, repeated: true });
  want(turn, watch);
  return true;
}

function usersWatch(state: IncidentState, proofs: readonly ProofStep[]): UsersWatch | null {
  const { bound } = state;
  const targets = proofs.flatMap(({ target }) => (target === 'pod' ? ['service' as const] : [target]));
  for (const one of targets) {
    const target = tcpTarget(state, one);
    if (target === null || bound === null) continue;
    const expected = { from: null, to: target.to, port: target.port };
    const points = target.devices.map((device): CapturePoint => ({
      role: 'subject',
      node: bound.subject.name,
      device,
    }));
    return {
      do: 'watch-users',
      expected,
      watch: { points, filter: usersFilter(expected), limits: { ...LIMITS, seconds: SECONDS } },
    };
  }
  return null;
}

type UsersWatch = Extract<Deed, { do: 'watch-users' }>;
