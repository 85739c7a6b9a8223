import { describe, expect, test } from 'vitest';
import { switchAfter, switched } from '../../../src/incident/change/stop-switch.ts';
import { SECOND, THIRD } from '../../fake/house.ts';

describe('the switch that stops all changes', () => {
  test('nobody ever pressed it: changes may begin', () => {
    expect(switchAfter([])).toBeNull();
  });

  test('the last row counts', () => {
    const stop = switched(true, SECOND, 5, 'a storm, "loud"');
    const allow = switched(false, THIRD, 6, '');
    expect(switchAfter([stop])).toEqual({ by: SECOND, at: 5, reason: 'a storm, "loud"' });
    expect(switchAfter([stop, allow])).toBeNull();
    expect(switchAfter([stop, allow, stop])).toMatchObject({ by: SECOND });
  });

  test.each(['', '{', 'null', '[1,2]'])('a stop whose words are %j is a stop', (detail) => {
    expect(switchAfter([{ ...switched(true, SECOND, 5, ''), detail }])).toMatchObject({ at: 5 });
  });

  test('a row that nobody understands is a stop', () => {
    expect(switchAfter([{ ...switched(false, SECOND, 5, ''), what: 'something-new' }])).not.toBeNull();
  });
});
