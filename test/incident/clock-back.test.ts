import { describe, expect, test } from 'vitest';
import { SECOND } from '../fake/house.ts';
import { proposing } from './tale.ts';

const MINUTE = 60_000;

describe('an offer and a clock that is set back', () => {
  test('what has expired once is not approved afterwards', () => {
    const tale = proposing();
    const { tokens } = tale.offer();
    tale.now += 16 * MINUTE;
    tale.press(tokens.explain, SECOND);
    tale.now -= 10 * MINUTE;
    tale.press(tokens.approve, SECOND);
    expect(tale.whispered).toContain('has expired');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice', change: null });
  });

  test('what has not expired yet is', () => {
    const tale = proposing();
    const { tokens } = tale.offer();
    tale.now += 14 * MINUTE;
    tale.press(tokens.explain, SECOND);
    tale.now -= 10 * MINUTE;
    tale.press(tokens.approve, SECOND);
    expect(tale.state.life).toBe('changing');
  });
});
