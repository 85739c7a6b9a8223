import { expect, test } from 'vitest';
import { refusedFilters, strangeFilters } from './hostile/filters.ts';
import { throughShell, throughSinks } from './hostile/sinks.ts';
import { hostileStrings } from './hostile/strings.ts';

test('T11: 2,000 hostile strings are inert in every sink, and one word each for a shell', () => {
  const strings = hostileStrings(2_000, 11);
  expect(new Set(strings).size).toBeGreaterThan(1_800);
  expect(throughSinks(strings)).toEqual([]);
  expect(throughShell(strings)).toEqual([]);
}, 60_000);

test('T10: 500 strings at every place of a filter are refused, or an address', () => {
  const strings = strangeFilters(11);
  expect(strings).toHaveLength(500);
  expect(refusedFilters(strings)).toEqual([]);
});
