import { expect, test } from 'vitest';
import { throughShell, throughSinks } from './hostile/sinks.ts';
import { hostileStrings } from './hostile/strings.ts';

test('2,000 hostile strings are inert in every sink, and one word each for a shell', () => {
  const strings = hostileStrings(2_000, 11);
  expect(new Set(strings).size).toBeGreaterThan(1_800);
  expect(throughSinks(strings)).toEqual([]);
  expect(throughShell(strings)).toEqual([]);
}, 60_000);
