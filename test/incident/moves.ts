import type { Happening, IncidentState, LedgerEntry, Person } from '../../src/model/index.ts';
import { ON_CALL, SECOND, STRANGER, THIRD } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import { DOOR, i1Known, surveyed, type Tale } from './tale.ts';

/** Something that may happen next, told by what the incident is like by then. */
export type Move = (tale: Tale) => Happening;

export const SICK = i1Known(true);
export const WELL = i1Known(false, 'eth0');
export const PEOPLE: readonly Person[] = [ON_CALL, SECOND, THIRD, STRANGER];

/** The plan of the newest change or offer, or one that nobody knows. */
export const planOf = ({ state }: Tale): string => state.change?.plan ?? state.offers.at(-1)?.plan.id ?? 'f'.repeat(32);

export const changed =
  (state: LedgerEntry['state']): Move =>
  (tale) => ({ is: 'changed', plan: planOf(tale), entry: entry(tale, state), door: DOOR });
export const settled =
  (state: LedgerEntry['state']): Move =>
  (tale) => ({ is: 'settled', plan: planOf(tale), entry: entry(tale, state), door: DOOR });
export const entry = (tale: Tale, state: LedgerEntry['state']): LedgerEntry => ({
  fix: planOf(tale),
  state,
  detail: 'said the node',
  difference: state === 'rolled-back' ? ['-a', '+b'] : [],
});
export const press =
  (by: Person, token: (state: IncidentState) => string | undefined): Move =>
  ({ state }) => ({ is: 'pressed', token: token(state) ?? 'constructor', by });
export const looked =
  (role: 'subject' | 'peer' | 'farEnd', known: typeof SICK): Move =>
  (tale) =>
    surveyed(tale, role, known);
export const verified =
  (good: boolean, failure?: string): Move =>
  (tale) => ({
    is: 'verified',
    plan: planOf(tale),
    door: failure === undefined ? DOOR : null,
    answers: (good ? WELL : SICK).filter(({ question }) => question.role === 'subject'),
    watched: failure === undefined ? counted(good ? 'answered' : 'answered-elsewhere') : null,
    apiServer: null,
    ...(failure === undefined ? {} : { failure }),
  });
export const always =
  (happening: Happening): Move =>
  () =>
    happening;
export const opened = {
  is: 'opened',
  incident: 'incident-1',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: ON_CALL,
  place: { team: 'T1', channel: 'C1', thread: null },
} as const satisfies Happening;

/** Everything else that may come in between, late, or for nothing. */
export const OTHERS: readonly Move[] = [
  always(opened),
  always({ is: 'locate-failed', sentence: 'The API server is silent.', suggestions: [] }),
  looked('farEnd', SICK),
  looked('subject', WELL),
  ({ state }) => ({
    is: 'surveyed',
    role: 'subject',
    node: state.node,
    answers: [],
    door: null,
    closedDoors: [],
    identity: null,
    failure: { gap: 'unreachable', sentence: 'No door opened.' },
    ms: 1,
  }),
  always({ is: 'watch-failed', gap: 'denied', sentence: 'tcpdump is not allowed.' }),
  always({ is: 'watched', watched: counted('answered') }),
  always({ is: 'watched', watched: counted('arrived-not-answered') }),
  press(SECOND, ({ questions }) => questions[0]?.buttons[1]?.token),
  press(THIRD, ({ questions }) => questions[1]?.buttons[0]?.token),
  ...PEOPLE.flatMap((by) => [
    press(by, ({ offers }) => offers[0]?.tokens.approve),
    press(by, ({ offers }) => offers.at(-1)?.tokens.approve),
  ]),
  press(ON_CALL, ({ offers }) => offers[0]?.tokens.reject),
  press(SECOND, ({ offers }) => offers.at(-1)?.tokens.offer),
  press(SECOND, ({ offers }) => offers[0]?.tokens.explain),
  press(STRANGER, () => '__proto__'),
  changed('refused'),
  changed('failed'),
  changed('begun'),
  (tale) => ({ is: 'change-unknown', plan: planOf(tale), sentence: 'The connection was lost.' }),
  verified(false),
  verified(false, 'No new connection opened.'),
  settled('rolled-back'),
  settled('refused'),
  settled('applied'),
  (tale) => ({ is: 'unsettled', plan: planOf(tale), sentence: 'Look at its console.' }),
  (tale) => ({ is: 'woken', name: `expiry ${planOf(tale)}` }),
  always({ is: 'woken', name: 'unanswered symptom' }),
  always({ is: 'woken', name: 'constructor' }),
  ({ state }) => ({ is: 'shown', slot: Object.keys(state.telling).at(-1) ?? 'live', ref: 'C1/2.2', thread: null }),
  always({ is: 'shown', slot: '__proto__', ref: 'C1/3.3', thread: null }),
  always({ is: 'effect-failed', effect: '7-show', sentence: 'A message was lost.' }),
];
