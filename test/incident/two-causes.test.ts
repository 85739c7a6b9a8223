import { describe, expect, test } from 'vitest';
import { outsideReturnPath } from '../../src/check/outside-return-path.ts';
import type { Check } from '../../src/check/check.ts';
import { smallHouse } from '../fake/house.ts';
import { changing, i1Known, repaired } from './tale.ts';

/** The same house, in which the packets of the first diagnosis say this of the way back outside. */
function house(says: 'proven' | 'open') {
  const { checks } = smallHouse();
  const outside: Check = { ...outsideReturnPath, prove: () => ({ says, sentence: 'Counted as well.' }) };
  return smallHouse(undefined, { checks: checks.map((check) => (check.id === outside.id ? outside : check)) });
}

describe('a second cause beside the one that is mended', () => {
  test('that packets have proven is looked at afresh, however well the first one’s packets do now', () => {
    const tale = changing(house('proven'));
    expect(tale.state.findings.map(({ confidence }) => confidence)).toEqual(['proven', 'proven']);
    tale.changed('applied').verified(true).settled('confirmed');
    expect(tale.state).toMatchObject({ outcome: null, change: null });
    expect(tale.state.past).toMatchObject([{ verified: true, leaves: 'outside-reply-leaves-other-interface' }]);
    tale.locate().look(i1Known(false)).watch(undefined, i1Known(false));
    expect(tale.state.findings.map(({ code }) => code)).toEqual(['outside-reply-leaves-other-interface']);
  });

  test('that no packet has proven does not keep a repair from being one', () => {
    expect(repaired(house('open')).state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });
});
