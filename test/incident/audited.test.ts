import { expect, test } from 'vitest';
import { unaudited } from './audited.ts';
import { repaired } from './tale.ts';

test('every effect of a repair that changes something comes with its rows, and each row that is left out is missed', () => {
  const { transitions } = repaired();
  expect(unaudited({ transitions })).toEqual([]);
  const without = (row: string): string[] =>
    unaudited({
      transitions: transitions.map((one) => ({ ...one, audit: one.audit.filter(({ what }) => what !== row) })),
    });
  expect(without('approved')).toHaveLength(2);
  expect(without('change')).toHaveLength(2);
  expect(without('verified')).toHaveLength(1);
});

test('a row that comes after its effect is too late', () => {
  const { transitions } = repaired();
  const late = transitions.map((one, at) => ({ ...one, audit: transitions[at - 1]?.audit ?? [] }));
  expect(unaudited({ transitions: late })).not.toEqual([]);
});
