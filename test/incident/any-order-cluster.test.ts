import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { step, type House } from '../../src/incident/index.ts';
import { canonical } from '../../src/model/json.ts';
import type { Event, IncidentState, Stepped } from '../../src/model/index.ts';
import { ON_CALL, SECOND } from '../fake/house.ts';
import { counted, I1 } from '../fake/scene.ts';
import {
  CAUSE,
  clusterHouse,
  DIGEST,
  LAST,
  LAST_PATCH,
  LOCAL,
  reached,
  RESTART,
  ROLL,
  STAGES,
} from './cluster-tale.ts';
import { broken } from './invariants.ts';
import {
  always,
  changed,
  looked,
  type Move,
  opened,
  OTHERS,
  planOf,
  press,
  settled,
  SICK,
  verified,
  WELL,
} from './moves.ts';
import { Tale } from './tale.ts';

const located = (bound = I1): Move =>
  always({ is: 'located', bound, farEnds: { 'api-server': I1.farEnd }, clusterEvents: [], unseen: [] });
const rehearsed =
  (failure?: string): Move =>
  ({ state }) => ({
    is: 'rehearsed',
    plan: state.offers.find((offer) => offer.state === 'rehearsing')?.plan.id ?? 'f'.repeat(32),
    difference: ['+a: b'],
    ...(failure === undefined ? {} : { failure }),
  });
/** The step under way, or `ahead` of it. */
const present = (tale: Tale, ahead = 0): Pick<Stepped, 'plan' | 'list' | 'nth'> => ({
  plan: planOf(tale),
  list: tale.state.change?.cluster?.list ?? 'apply',
  nth: (tale.state.change?.cluster?.done ?? 0) + ahead,
});
const prepared =
  (refusal?: string, ahead = 0): Move =>
  (tale) => ({
    is: 'prepared',
    ...present(tale, ahead),
    there: ['old'],
    before: DIGEST,
    ...(refusal === undefined ? {} : { refusal }),
  });
const stepped =
  (outcome: Stepped['outcome'], ahead = 0, list?: Stepped['list']): Move =>
  (tale) => ({
    is: 'stepped',
    ...present(tale, ahead),
    ...(list === undefined ? {} : { list }),
    outcome,
    detail: 'It is as it is.',
    difference: [],
  });
const woken = (tale: Tale): ReturnType<Move> => {
  const wake = tale.effects.findLast((effect) => effect.do === 'wake' && effect.name.startsWith('look again'));
  return { is: 'woken', name: wake?.do === 'wake' ? wake.name : 'look again' };
};
/** Some minutes after a repair. */
const afterwards = (tale: Tale): ReturnType<Move> => {
  const wake = tale.effects.findLast((effect) => effect.do === 'wake' && effect.name.startsWith('after the repair'));
  return { is: 'woken', name: wake?.do === 'wake' ? wake.name : 'after the repair' };
};
const approve = press(SECOND, ({ offers }) => offers.findLast(({ state }) => state === 'waiting')?.tokens.approve);
const reject = press(SECOND, ({ offers }) => offers.findLast(({ state }) => state === 'waiting')?.tokens.reject);
const last = press(ON_CALL, ({ offers }) => offers.find(({ state }) => state === 'drafted')?.tokens.offer);
const asked = (known: typeof SICK): readonly Move[] =>
  Array.from({ length: 2 }, () => [looked('subject', known), looked('peer', known), looked('farEnd', known)]).flat();
const again = (well: boolean, bound = I1): readonly Move[] => [
  located(bound),
  ...asked(well ? WELL : SICK),
  always({ is: 'watched', watched: counted(well ? 'answered' : 'answered-elsewhere') }),
  ...asked(well ? WELL : SICK),
];
const done: readonly Move[] = [prepared(), stepped('done'), prepared(), stepped('done')];
const swept = always({
  is: 'swept',
  finding: CAUSE,
  others: [{ node: 'another', says: 'found', sentence: 'It has it too.' }],
  left: 0,
});

const BEGINNING: readonly Move[] = [
  always({ is: 'shown', slot: 'live', ref: 'C1/1.1', thread: 'C1/1.1' }),
  press(ON_CALL, ({ questions }) => questions[0]?.buttons[0]?.token),
  ...again(false),
];
/** Right stories through the API server, each to its end. */
const STORIES = {
  repaired: [...BEGINNING, rehearsed(), approve, ...done, ...again(true), swept],
  'rolled-back': [
    ...BEGINNING,
    rehearsed(),
    approve,
    prepared(),
    stepped('failed'),
    stepped('done'),
    prepared(),
    stepped('done'),
  ],
  lasting: [
    ...BEGINNING,
    rehearsed(),
    approve,
    ...done,
    ...again(true),
    last,
    approve,
    changed('applied'),
    verified(true),
    settled('confirmed'),
  ],
} as const satisfies Readonly<Record<string, readonly Move[]>>;
const IN_STAGES: readonly Move[] = [1, 2, 3].flatMap((stage) => [
  rehearsed(),
  approve,
  prepared(),
  stepped('done'),
  ...again(stage === 3, reached(stage)),
]);

/** Everything else that may come in between, late, or for nothing. */
const MORE: readonly Move[] = [
  ...OTHERS,
  rehearsed('It would be refused.'),
  prepared('It was changed since.'),
  prepared(undefined, 1),
  stepped('done', 1),
  stepped('done', -1),
  stepped('refused'),
  stepped('failed'),
  stepped('done', 0, 'undo'),
  stepped('failed', 0, 'undo'),
  woken,
  woken,
  located(reached(1)),
  located(reached(2)),
  approve,
  reject,
  last,
  press(ON_CALL, ({ buttons }) => Object.entries(buttons).find(([, { means }]) => means === 'start')?.[0]),
  ...(['stop', 'dismiss', 'reopen'] as const).map((means) =>
    press(SECOND, ({ buttons }) => Object.entries(buttons).find(([, one]) => one.means === means)?.[0]),
  ),
  afterwards,
  verified(true),
  verified(false),
  ...['7-locate', '8-survey', '9-watch', '12-cluster-step'].map((effect) =>
    always({ is: 'effect-failed', effect, sentence: 'The disk is full.' }),
  ),
  changed('applied'),
  settled('confirmed'),
];

let rolls: House;
let stages: House;
let mixed: House;
beforeAll(() => {
  rolls = clusterHouse(ROLL, LAST, LAST_PATCH);
  stages = clusterHouse(...STAGES, LAST);
  mixed = clusterHouse(LOCAL, RESTART, ROLL, LAST);
});

function told(house: House, moves: readonly Move[], jump: readonly number[] = []): Tale {
  const tale = new Tale(house).take(opened);
  moves.forEach((move, at) => {
    tale.now += jump[at] ?? 0;
    tale.take(move(tale));
  });
  return tale;
}

const between = (story: readonly Move[]) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: story.length }), fc.constantFrom(...MORE)), { maxLength: 10 })
    .map((extra) => [
      ...story.flatMap((move, at) => [...extra.filter(([place]) => place === at).map(([, other]) => other), move]),
      ...extra.map(([, other]) => other),
    ]);

describe('whatever happens to a plan of Kubernetes steps', { timeout: 60_000 }, () => {
  test.each(Object.entries(STORIES))('the right story ends %s', (outcome, story) => {
    const tale = told(rolls, story);
    expect(broken(tale)).toEqual([]);
    expect(tale.state.outcome).toBe(outcome === 'lasting' ? 'repaired' : outcome);
    expect(tale.state.life).toBe('closed');
  });

  test('the right story in three steps ends repaired', () => {
    const tale = told(stages, [...BEGINNING, ...IN_STAGES]);
    expect(broken(tale)).toEqual([]);
    expect(tale.state.outcome).toBe('repaired');
    expect(tale.state.past).toHaveLength(2);
  });

  test('every move twice in a row does nothing twice', () => {
    const tale = told(
      rolls,
      STORIES.lasting.flatMap((move) => [move, move]),
    );
    expect(broken(tale)).toEqual([]);
    expect(tale.state.outcome).toBe('repaired');
    expect(tale.effects.filter((effect) => effect.do === 'cluster-step')).toHaveLength(2);
    expect(tale.effects.filter((effect) => effect.do === 'change')).toHaveLength(1);
  });

  test.each(Object.keys(STORIES) as (keyof typeof STORIES)[])('anything in between: %s', (name) => {
    fc.assert(
      fc.property(between(STORIES[name]), (moves) => {
        expect(broken(told(rolls, moves))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test('anything in between: in three steps', () => {
    fc.assert(
      fc.property(between([...BEGINNING, ...IN_STAGES, last, approve]), (moves) => {
        expect(broken(told(stages, moves))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test('moves at random after an offer, with time passing by jumps', () => {
    const any = fc.constantFrom(...MORE, ...done, approve, rehearsed(), ...again(true), ...again(false));
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 60 }),
        fc.array(fc.constantFrom(0, 0, 0, 0, 5_000, 899_000, 90_000_000), { minLength: 90, maxLength: 90 }),
        fc.constantFrom('rolls', 'stages', 'mixed'),
        (moves, jump, which) => {
          const house = { rolls, stages, mixed }[which];
          expect(broken(told(house, [...BEGINNING, rehearsed(), ...moves], jump))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a playbook that changes at any moment leaves nothing armed and nothing unsaid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: BEGINNING.length, max: STORIES.lasting.length - 1 }),
        fc.constantFrom('changed', 'gone'),
        (when, how) => {
          const tale = told(rolls, STORIES.lasting.slice(0, when));
          const playbooks =
            how === 'gone'
              ? new Map()
              : new Map(
                  [...rolls.playbooks].map(([id, known]) => [
                    id,
                    { ...known, playbook: { ...known.playbook, digest: 'x' } },
                  ]),
                );
          Object.assign(tale, { house: { ...rolls, playbooks } });
          for (const move of [...STORIES.lasting.slice(when), ...done, ...done]) tale.take(move(tale));
          expect(broken(tale)).toEqual([]);
          expect(tale.state.life).toBe('closed');
        },
      ),
      { numRuns: 15 },
    );
  });

  test('the same events give the same state, also through a database', () => {
    fc.assert(
      fc.property(between(STORIES.lasting), (moves) => {
        const tale = told(rolls, moves);
        const replayed = tale.events.reduce<IncidentState | null>((state, event) => {
          const stored = state === null ? null : (JSON.parse(JSON.stringify(state)) as IncidentState);
          return step(rolls, stored, JSON.parse(JSON.stringify(event)) as Event).state;
        }, null);
        expect(canonical(replayed)).toBe(canonical(tale.state));
      }),
      { numRuns: 10 },
    );
  });
});
