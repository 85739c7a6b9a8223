import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Acceptance tests by number. Those between that are missing here are trials alone: `npm run trial`. */
const NUMBERS = [
  ...Array.from({ length: 21 }, (_, at) => at + 1),
  ...Array.from({ length: 6 }, (_, at) => at + 23),
  31,
  39,
].map((number) => `T${number}`);

/** The numbers that titles of tests begin with, one or several before a colon. */
function numbered(): ReadonlySet<string> {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const titles = files
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [
      ...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/['"`]((?:T\d+, )*T\d+): /g),
    ]);
  return new Set(titles.flatMap(([, numbers = '']) => numbers.split(', ')));
}

test.each(NUMBERS)('%s has a test of its number', (number) => {
  expect(numbered().has(number)).toBe(true);
});

test('a number that nobody gave has none', () => {
  expect(numbered().has('T99')).toBe(false);
});
