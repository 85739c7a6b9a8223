import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { House } from '../../src/incident/index.ts';
import { step } from '../../src/incident/index.ts';
import { sha256 } from '../../src/model/hash.ts';
import { canonical } from '../../src/model/json.ts';
import type { Event, Happening, IncidentState, LedgerEntry, Person } from '../../src/model/index.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER, THIRD } from '../fake/house.ts';
import { counted, I1 } from '../fake/scene.ts';
import { DOOR, i1Known, repaired, START, surveyed, Tale } from './tale.ts';

/** Something that may happen next, told by what the incident is like by then. */
type Move = (tale: Tale) => Happening;

const SICK = i1Known(true);
const WELL = i1Known(false, 'eth0');
const PEOPLE: readonly Person[] = [ON_CALL, SECOND, THIRD, STRANGER];

/** The plan of the newest change or offer, or one that nobody knows. */
const planOf = ({ state }: Tale): string => state.change?.plan ?? state.offers.at(-1)?.plan.id ?? 'f'.repeat(32);

const changed =
  (state: LedgerEntry['state']): Move =>
  (tale) => ({ is: 'changed', plan: planOf(tale), entry: entry(tale, state), door: DOOR });
const settled =
  (state: LedgerEntry['state']): Move =>
  (tale) => ({ is: 'settled', plan: planOf(tale), entry: entry(tale, state), door: DOOR });
const entry = (tale: Tale, state: LedgerEntry['state']): LedgerEntry => ({
  fix: planOf(tale),
  state,
  detail: 'said the node',
  difference: state === 'rolled-back' ? ['-a', '+b'] : [],
});
const press =
  (by: Person, token: (state: IncidentState) => string | undefined): Move =>
  ({ state }) => ({ is: 'pressed', token: token(state) ?? 'constructor', by });
const looked =
  (role: 'subject' | 'peer' | 'farEnd', known: typeof SICK): Move =>
  (tale) =>
    surveyed(tale, role, known);
const verified =
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
const always =
  (happening: Happening): Move =>
  () =>
    happening;
const opened: Happening = {
  is: 'opened',
  incident: 'incident-1',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: ON_CALL,
  place: { team: 'T1', channel: 'C1', thread: null },
};

/** The right story of a repair, move by move. */
const STORY: readonly Move[] = [
  always({ is: 'shown', slot: 'live', ref: 'C1/1.1', thread: 'C1/1.1' }),
  always({ is: 'located', bound: I1, farEnds: { 'api-server': I1.farEnd }, clusterEvents: [], unseen: ['No events.'] }),
  press(ON_CALL, ({ questions }) => questions[0]?.buttons[0]?.token),
  looked('subject', SICK),
  looked('peer', SICK),
  looked('subject', SICK),
  looked('peer', SICK),
  looked('subject', SICK),
  looked('peer', SICK),
  always({ is: 'watched', watched: counted('answered-elsewhere') }),
  looked('subject', SICK),
  looked('peer', SICK),
  looked('farEnd', SICK),
  press(SECOND, ({ offers }) => offers.find(({ state }) => state === 'waiting')?.tokens.approve),
  changed('applied'),
  verified(true),
  settled('confirmed'),
];

/** Everything else that may come in between, late, or for nothing. */
const OTHERS: readonly Move[] = [
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

/** What does not hold although it must, whatever came before. */
function broken(tale: Tale): string[] {
  return [
    ...badChanges(tale),
    ...badSteps(tale),
    ...badState(tale.state),
    ...twice(tale.effects.map(({ key }) => key)),
  ];
}

/** Changes that nobody allowed, or that could touch the node a second time. */
function badChanges(tale: Tale): string[] {
  const wrong: string[] = [];
  const begun: string[] = [];
  tale.transitions.forEach(({ effects }, at) => {
    const before = tale.transitions[at - 1]?.state;
    const event = tale.events[at];
    for (const effect of effects) {
      if (effect.do !== 'change') continue;
      const { plan, approval } = effect;
      begun.push(plan.id);
      const offer = before?.offers.find((one) => one.plan.id === plan.id);
      const last = approval.consents.at(-1)?.by.id;
      if (event?.is !== 'pressed' || event.by.id !== last) wrong.push(`nobody pressed for ${plan.id}`);
      if (before?.life !== 'proposing' || offer?.state !== 'waiting') wrong.push(`${plan.id} was not on offer`);
      if (sha256(canonical(plan)) !== approval.planHash || offer?.hash !== approval.planHash)
        wrong.push(`${plan.id} is not what was approved`);
      if (approval.planId !== plan.id) wrong.push(`the approval is of ${approval.planId}`);
      if (approval.consents.length < plan.approvals) wrong.push(`${plan.id} wants ${plan.approvals} consents`);
      for (const { by, at: when, planHash } of approval.consents) {
        if (by.id !== SECOND.id && by.id !== THIRD.id) wrong.push(`${by.id} may not approve`);
        if (when >= plan.expiresAt) wrong.push(`${plan.id} had expired`);
        if (planHash !== approval.planHash) wrong.push(`${by.id} consented to another plan`);
      }
    }
  });
  const refused = new Set(
    tale.events.flatMap((event) => (event.is === 'changed' && event.entry.state === 'refused' ? [event.plan] : [])),
  );
  const touching = begun.slice(0, -1).filter((plan) => !refused.has(plan));
  return [
    ...wrong,
    ...twice(begun),
    ...touching.map((plan) => `${plan} may have touched the node before the next one`),
  ];
}

/** Steps back: of a revision, of an end, of what was asked after it. */
function badSteps(tale: Tale): string[] {
  return tale.transitions.flatMap(({ state, effects }, at) => {
    const before = tale.transitions[at - 1]?.state;
    if (before === undefined) return [];
    const revisions = Object.entries(before.telling).flatMap(([slot, telling]) => {
      const now = state.telling[slot];
      if (now === telling) return [];
      const same = now !== undefined && canonical(now.message) === canonical(telling.message);
      return now?.revision === telling.revision + (same ? 0 : 1)
        ? []
        : [`${slot} went from ${telling.revision} to ${now?.revision}`];
    });
    if (before.life !== 'closed') return revisions;
    const more = effects.filter((effect) => effect.do !== 'show' && effect.do !== 'whisper').map(({ key }) => key);
    const same = state.life === 'closed' && state.outcome === before.outcome;
    return [...revisions, ...more.map((key) => `${key} after the end`), ...(same ? [] : ['an end that was none'])];
  });
}

/** What one state must never be. */
function badState(state: IncidentState): string[] {
  const pressable = Object.entries(state.telling).filter(
    ([, { message }]) =>
      'buttons' in message &&
      (message.buttons ?? []).length > 0 &&
      (state.life === 'closed' ||
        (message.is === 'approval' && message.state !== 'waiting') ||
        (message.is === 'question' && message.answered !== undefined)),
  );
  return [
    ...pressable.map(([slot]) => `${slot} has buttons still`),
    ...twice(state.userAnswers.map(({ question }) => question)),
    ...twice(state.offers.filter((offer) => offer.state === 'approved').map(() => 'approved')),
    ...((state.life === 'closed') === (state.outcome !== null) ? [] : [`${state.life} with ${state.outcome}`]),
  ];
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} twice`);
}

/** The same events again, over states that went through a database, give the same states. */
function replay(house: House, events: readonly Event[]): IncidentState | null {
  return events.reduce<IncidentState | null>((state, event) => {
    const stored = state === null ? null : (JSON.parse(JSON.stringify(state)) as IncidentState);
    return step(house, stored, JSON.parse(JSON.stringify(event)) as Event).state;
  }, null);
}

let house: House;
beforeAll(() => {
  house = smallHouse();
});

function told(moves: readonly Move[], jump: readonly number[] = []): Tale {
  const tale = new Tale(house).take(opened);
  moves.forEach((move, at) => {
    tale.now += jump[at] ?? 0;
    tale.take(move(tale));
  });
  return tale;
}

describe('whatever happens, in whatever order and however often', () => {
  const any = fc.constantFrom(...STORY, ...OTHERS);

  test('the right story is a repair', () => {
    const tale = told(STORY);
    expect(tale.state.outcome).toBe('repaired');
    expect(broken(tale)).toEqual([]);
  });

  test('moves at random', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (moves) => {
        expect(broken(told(moves))).toEqual([]);
      }),
      {
        numRuns: 60,
      },
    );
  });

  test('the right story shuffled, each move up to four times', () => {
    const often = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: STORY.length, maxLength: STORY.length });
    const shuffled = often.chain((times) => {
      const moves = STORY.flatMap((move, at) => Array.from({ length: times[at] ?? 1 }, () => move));
      return fc.shuffledSubarray(moves, { minLength: moves.length, maxLength: moves.length });
    });
    fc.assert(
      fc.property(shuffled, (moves) => {
        expect(broken(told(moves))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('the right story with anything in between', () => {
    const between = fc.array(fc.tuple(fc.integer({ min: 0, max: STORY.length }), fc.constantFrom(...OTHERS)), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(between, (extra) => {
        const moves = STORY.flatMap((move, at) => [
          ...extra.filter(([place]) => place === at).map(([, other]) => other),
          move,
        ]);
        expect(broken(told([...moves, ...extra.map(([, other]) => other)]))).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  test('the right story with every move twice in a row is a repair all the same', () => {
    const tale = told(STORY.flatMap((move) => [move, move]));
    expect(tale.effects.filter((effect) => effect.do === 'change')).toHaveLength(1);
    expect(tale.state.outcome).toBe('repaired');
    expect(broken(tale)).toEqual([]);
  });

  test('with time passing by jumps, over the expiry of every offer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...STORY), { minLength: 14, maxLength: 40 }),
        fc.array(fc.constantFrom(0, 0, 0, 400_000, 899_000, 900_000), { minLength: 54, maxLength: 54 }),
        (moves, jump) => {
          expect(broken(told([...STORY.slice(0, 10), ...moves, ...STORY.slice(10)], jump))).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('the same events give the same state, also through a database', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (moves) => {
        const tale = told([...STORY.slice(0, 10), ...moves]);
        expect(canonical(replay(house, tale.events))).toBe(canonical(tale.state));
      }),
      { numRuns: 20 },
    );
  });
});

describe('the fold', () => {
  test('begins with nothing but opened', () => {
    for (const happening of [STORY[0]?.(repaired()), { is: 'woken', name: 'x' }] as const) {
      if (happening === undefined) continue;
      expect(() => step(house, null, { at: START, seed: '0', ...happening })).toThrow(RangeError);
    }
  });

  test('takes opened once: a second one changes nothing', () => {
    const tale = new Tale(house).take(opened);
    const before = tale.state;
    tale.take({ ...opened, node: 'another', by: STRANGER });
    expect(tale.state).toEqual(before);
    expect(tale.wanted).toEqual([]);
  });

  test('changes no state that it was given', () => {
    const tale = told(STORY.slice(0, 10));
    const frozen = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
      Object.freeze(value);
      Object.values(value).forEach(frozen);
    };
    for (const move of [...STORY.slice(10), ...OTHERS]) {
      frozen(tale.state);
      expect(() => tale.take(move(tale))).not.toThrow();
    }
  });

  test('draws different tokens from different seeds, and the same from the same', () => {
    const tokens = (seed: string): string[] =>
      Object.keys(step(house, null, { at: START, seed, ...opened }).state.buttons);
    expect(tokens('a')).toEqual(tokens('a'));
    expect(tokens('a').some((token) => tokens('b').includes(token))).toBe(false);
    for (const token of tokens('a')) expect(token).toMatch(/^[0-9a-f]{32}$/);
  });
});
