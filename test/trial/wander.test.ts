import { expect, test } from 'vitest';
import { wandered } from './wander.ts';

test('two nights of tired people break no promise', { timeout: 60_000 }, async () => {
  const nights: string[] = [];
  expect(await wandered(2, 20_261_121, (line) => nights.push(line))).toBe(null);
  expect(nights).toHaveLength(2);
});
