import type { CapturePoint, Deed, IncidentState } from '../../model/index.ts';
import type { ProofStep } from '../../playbook/index.ts';
import { usersFilter } from '../../capture/index.ts';
import { offerAnswers } from '../diagnosis/questions.ts';
import { record, set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { askOpen } from '../diagnosis/look.ts';
import { DNS_PORT, dnsQuestions, dnsWay, LOOKUPS, lookupPoints } from './watch-dns.ts';
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
 * fails, and counts that. True while that has to be awaited. Only TCP whose target is known, and name lookups where the symptom is
 * about them, can be told from everything else.
 */
export function awaitRepetition(turn: Turn, proofs: readonly ProofStep[]): boolean {
  const { watches, watchFailure, repeat, repeated, userAnswers, change } = turn.state;
  if (watches.length > 0 || (watchFailure === null && !repeat) || change !== null || repeated) return false;
  const given = userAnswers.find(({ question }) => question === REPEAT);
  const names = proofs.some(({ target }) => target === 'dns');
  if (names && given === undefined && askOpen(turn, dnsQuestions(turn.state))) return true;
  const watch = (names ? lookupsWatch(turn.state) : null) ?? usersWatch(turn.state, proofs);
  if (watch === null) return false;
  if (given === undefined) {
    const why = watchFailure === null ? '' : `${watchFailure} `;
    const text = `${why}Can you repeat what fails? Press when you begin: I watch ${whatOf(turn.state, watch)}, for 20 s and send nothing.`;
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
  const targets = proofs.flatMap(({ target }) =>
    target === 'dns' ? [] : [target === 'pod' ? ('service' as const) : target],
  );
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

/** Lookups that pods ask of the cluster DNS. */
function lookupsWatch(state: IncidentState): UsersWatch | null {
  const way = dnsWay(state);
  if (way === null || state.bound === null) return null;
  const { service: to, behind, asker } = way;
  const expected = { from: asker?.address ?? null, to, port: DNS_PORT, dns: { behind } };
  const points = lookupPoints(state.bound.subject.name, way);
  const limits = { ...LIMITS, ...LOOKUPS, seconds: SECONDS };
  return { do: 'watch-users', expected, watch: { points, filter: usersFilter(expected), limits } };
}

/** What is watched, in words that fit "I watch …, for 20 s". */
function whatOf(state: IncidentState, { expected: { to, port, dns } }: UsersWatch): string {
  if (dns === undefined) return `TCP to ${to}, port ${port}`;
  const way = dnsWay(state);
  const asker = way?.asker ?? null;
  const who = asker === null ? 'the pods here' : `pod ${asker.namespace}/${asker.name}`;
  const what = way === null || way.name === null ? '' : ` (${way.name}, for instance)`;
  return `the names that ${who} look${asker === null ? '' : 's'} up at the cluster DNS ${to}${what}`;
}

type UsersWatch = Extract<Deed, { do: 'watch-users' }>;
