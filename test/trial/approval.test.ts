import { describe, expect, test } from 'vitest';
import { nothing, play } from './approval/history.ts';
import { everyChange } from './approval/refused.ts';
import { remediations } from '../../src/remediation/index.ts';

describe('approvals', () => {
  test('of 250 generated histories are what the rules say', () => {
    const tally = nothing();
    expect(play(250, 20_261_120, tally)).toBe(null);
    expect(tally.begins).toBeGreaterThan(25);
    expect(tally.counts).toBeGreaterThan(5);
    expect(tally.refused).toBeGreaterThan(250);
    expect(tally.revoked).toBeGreaterThan(5);
    expect(tally.alone).toBeGreaterThan(0);
  }, 30_000);

  test('open the door to no plan in which one thing is changed, of every remediation', async () => {
    const { plans, changes, wrong } = await everyChange();
    expect(wrong).toEqual([]);
    expect(plans).toBe(remediations.length);
    expect(changes).toBeGreaterThan(3000);
  }, 30_000);
});
