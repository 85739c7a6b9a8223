import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countedBy, verdictOf } from '../../src/check/counted.ts';
import { counted, rise } from '../fake/scene.ts';

const FILTER = 'TcpExtIPReversePathFilter';

describe('the verdict on a counter', () => {
  test.each<[string, readonly number[], number, readonly number[], string]>([
    ['as many as were sent, twice, and none in quiet', [7, 7], 0, [7, 7], 'exact'],
    ['as many as were sent, fewer the second time', [7, 6], 0, [7, 6], 'exact'],
    ['more than were sent, both times', [9, 8], 1, [7, 7], 'consistent'],
    ['as many as were sent, once, and none in quiet', [7], 0, [7], 'consistent'],
    ['as many as were sent, once, and some in quiet', [7], 1, [7], 'ambiguous'],
    ['more the first time only', [9, 7], 1, [7, 7], 'ambiguous'],
    ['as many in quiet as with packets', [7, 7], 7, [7, 7], 'ambiguous'],
    ['too few', [6, 7], 0, [7, 7], 'ambiguous'],
    ['set back between', [7, 7], -20, [7, 7], 'ambiguous'],
    ['nothing was to be counted', [0, 0], 0, [0, 0], 'ambiguous'],
    ['a round is missing', [7], 0, [7, 7], 'ambiguous'],
  ])('%s', (_, rises, quiet, expected, verdict) => {
    expect(verdictOf(rises, quiet, expected)).toBe(verdict);
  });

  test('whatever rises by itself as fast as with packets is never proof', () => {
    const some = integer({ min: 1, max: 50 });
    assert(
      property(some, array(integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 2 }), (count, noise) => {
        const quiet = Math.max(0, Math.min(...noise) - count) + 1;
        expect(verdictOf(noise, quiet, [count, count])).toBe('ambiguous');
      }),
    );
  });
});

describe('what a counter says', () => {
  const some = (answered: readonly [number, number], each: readonly [number, number], quiet = 0) => {
    const watched = counted('mixed', { counters: [rise(FILTER, each, quiet)] });
    const rounds = (watched.sent.rounds ?? []).map((round, at) => ({ ...round, answered: answered[at] ?? 0 }));
    return { ...watched, sent: { ...watched.sent, answered: answered[0] + answered[1], rounds } };
  };

  test('of packets without an answer, where only some go where they are dropped', () => {
    expect(countedBy(some([3, 4], [4, 3]), FILTER, 'unanswered')).toEqual({
      is: 'exact',
      sentence: `The node dropped the 4 and then the 3 of our packets that got no answer for this reason: ${FILTER} rose by 4 and again by 3, and by 0 in the quiet window between.`,
    });
    expect(countedBy(some([3, 7], [4, 0]), FILTER, 'unanswered').sentence).toContain('dropped the 4 of our packets');
  });

  test('of packets without an answer is ambiguous where it fits none, and of all packets it always is then', () => {
    expect(countedBy(some([3, 4], [3, 4]), FILTER, 'unanswered').is).toBe('ambiguous');
    expect(countedBy(some([7, 7], [2, 0]), FILTER, 'unanswered').is).toBe('ambiguous');
    expect(countedBy(some([3, 4], [4, 3]), FILTER).is).toBe('ambiguous');
  });

  test('is nothing where it stood still', () => {
    expect(countedBy(counted('mixed'), FILTER)).toEqual({ is: 'still', sentence: '' });
  });

  test('of one round alone is never exact', () => {
    const { sent, counters } = counted('mixed', {
      counters: [{ ...rise(FILTER, 7), rounds: [7], verdict: 'consistent' }],
    });
    const { rounds: _, ...once } = { ...sent, count: 7 };
    expect(countedBy({ sent: once, counters }, FILTER)).toEqual({
      is: 'consistent',
      sentence: `The counter ${FILTER} rose by 7, and by 0 in a quiet window after it: enough for 7 of our 7 packets.`,
    });
  });
});
