import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { House } from '../../src/incident/index.ts';
import { step } from '../../src/incident/index.ts';
import { canonical } from '../../src/model/json.ts';
import type { Event, IncidentState } from '../../src/model/index.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER } from '../fake/house.ts';
import { counted, I1 } from '../fake/scene.ts';
import { broken } from './invariants.ts';
import { always, changed, looked, type Move, opened, OTHERS, press, settled, SICK, verified } from './moves.ts';
import { repaired, START, Tale } from './tale.ts';

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
