import { describe, expect, test } from 'vitest';
import { clockItem, exitOf, fault, ok, unseen, warning, worst } from '../../../src/cli/doctor/item.ts';

const about = { id: 'a.b', title: 'b' };

describe('the exit status', () => {
  test.each([
    [[], 0],
    [[ok(about, 'x'), warning(about, 'x', 'y')], 0],
    [[ok(about, 'x'), fault(about, 'x', 'y'), unseen(about, 'x')], 1],
    [[warning(about, 'x', 'y'), unseen(about, 'x')], 4],
  ])('of %j is %i', (items, exit) => {
    expect(exitOf(items)).toBe(exit);
  });

  test('the worst is a fault before something unseen', () => {
    expect(worst([unseen(about, 'x'), fault(about, 'x', 'y')])).toBe('fault');
    expect(worst([unseen(about, 'x'), warning(about, 'x', 'y')])).toBe('unseen');
  });
});

describe('a clock that counts whole seconds, asked between 100.3 and 101.6 s', () => {
  const span = { from: 100_300, to: 101_600 };
  test.each([
    [100_000, 'ok', 'agrees with the clock here'],
    [101_000, 'ok', 'agrees with the clock here'],
    [97_000, 'ok', '2 s behind the clock here'],
    [90_000, 'warning', '9 s behind the clock here'],
    [109_000, 'warning', '7 s ahead of the clock here'],
    [-100_000, 'fault', '199 s behind the clock here'],
    [301_600, 'fault', '200 s ahead of the clock here'],
  ] as const)('says %i: %s, %s', (at, health, seen) => {
    expect(clockItem(about, at, span, 'mend it')).toMatchObject({
      health,
      seen,
      mend: health === 'ok' ? null : 'mend it',
    });
  });
});
