import { describe, expect, test } from 'vitest';
import { ON_CALL, SECOND, THIRD } from '../../fake/house.ts';
import { changing, proposing, type Tale } from '../tale.ts';

const AGAINST = 'ip-10-0-10-115 is being changed now.';

function held(tale: Tale, sentence: string | null = AGAINST): Tale {
  return tale.take({ is: 'held', plan: tale.offer().plan.id, sentence });
}

describe('an approved plan that the world around it holds', () => {
  test('waits for an approval again, and its card says why', () => {
    const tale = held(changing());
    expect(tale.state).toMatchObject({ life: 'proposing', change: null });
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [], decidedBy: null, held: AGAINST });
    const card = tale.shows('approval', `approval ${tale.offer().plan.id}`);
    expect(card).toMatchObject({ state: 'waiting', held: AGAINST });
    expect(card.buttons).not.toEqual([]);
    expect(tale.state.troubles.at(-1)).toBe(`Fix A was not started, and nothing was changed. ${AGAINST}`);
  });

  test('the consents before count no more, and the same plan can be approved anew', () => {
    const tale = held(changing());
    const { plan, tokens } = tale.offer();
    expect(tale.press(tokens.approve, ON_CALL).whispered).toContain('someone else has to approve');
    tale.press(tokens.approve, THIRD);
    expect(tale.wanted.find((effect) => effect.do === 'change')).toMatchObject({
      plan: { id: plan.id },
      approval: { consents: [{ by: THIRD }] },
    });
  });

  test('expires when it would have', () => {
    const tale = held(changing());
    const { plan } = tale.offer();
    tale.now = plan.expiresAt;
    tale.take({ is: 'woken', name: `expiry ${plan.id}` });
    expect(tale.offer().state).toBe('expired');
    expect(tale.state.life).toBe('closed');
  });

  test('is over where somebody has stopped it meanwhile', () => {
    const tale = changing();
    const stop = Object.entries(tale.state.buttons).find(([, { means }]) => means === 'stop')?.[0] ?? '';
    held(tale.press(stop, SECOND));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted', change: null });
    expect(tale.offer().state).toBe('superseded');
  });

  test('a word that comes too late, or about another plan, changes nothing', () => {
    const tale = changing().changed('applied');
    const before = tale.state;
    expect(held(tale).state).toEqual(before);
    const other = changing();
    expect(other.take({ is: 'held', plan: 'f'.repeat(32), sentence: AGAINST }).state.life).toBe('changing');
  });
});

describe('a plan on offer', () => {
  test('is asked about once, when it comes on offer', () => {
    const tale = proposing();
    const asked = tale.effects.filter((effect) => effect.do === 'foresee');
    expect(asked).toMatchObject([{ plan: { id: tale.offer().plan.id } }]);
    held(tale.press(tale.offer().tokens.approve, SECOND));
    expect(tale.effects.filter((effect) => effect.do === 'foresee')).toHaveLength(1);
  });

  test('says on its card when it would be held', () => {
    const tale = proposing();
    tale.take({ is: 'foreseen', plan: tale.offer().plan.id, sentence: AGAINST });
    expect(tale.shows('approval', `approval ${tale.offer().plan.id}`).held).toBe(AGAINST);
    expect(tale.state.troubles).not.toContain(AGAINST);
  });

  test('says nothing where nothing is against it', () => {
    const tale = proposing();
    const before = tale.state;
    expect(tale.take({ is: 'foreseen', plan: tale.offer().plan.id, sentence: null }).state).toEqual(before);
  });
});
