import { describe, expect, test } from 'vitest';
import { tokenOf } from '../../src/incident/turn.ts';
import type { Person } from '../../src/model/index.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER, THIRD } from '../fake/house.ts';
import { proposing } from './tale.ts';
import type { Tale } from './tale.ts';

const house = smallHouse(undefined, {
  remediations: smallHouse().remediations.map((one) => ({ ...one, risk: 3 as const })),
  approval: {
    approvers: [ON_CALL, SECOND, THIRD],
    expiresMs: 900_000,
    verifies: true,
    breakers: [ON_CALL.id],
    identities: [[ON_CALL.id, 'UONCALL2', 'signer:ona@example.com']],
  },
});
const WHY = 'everybody else is <!channel> asleep';

function breaking(by: Person = ON_CALL, reason = WHY, principal = 'ona@example.com', tale = proposing(house)): Tale {
  const token = tokenOf(tale.state, { means: 'break-glass', plan: tale.offer().plan.id }) ?? '';
  return tale.take({ is: 'pressed', token, by, reason, signature: { armored: 'armored', principal } });
}

const told = (tale: Tale) => tale.shows('note', 'glass 0');
const reviewing = (tale: Tale, by: Person): Tale =>
  tale.press(tokenOf(tale.state, { means: 'reviewed', plan: tale.offer().plan.id }) ?? '', by);

describe('breaking glass', () => {
  test('begins a plan that wants two, tells everybody who may approve, and is in the audit', () => {
    const tale = breaking();
    expect(tale.wanted).toContainEqual(
      expect.objectContaining({ do: 'change', approval: expect.objectContaining({ glass: true }) as unknown }),
    );
    expect(tale.transitions.at(-1)?.audit[0]).toMatchObject({ by: ON_CALL.id, what: 'broke-glass' });
    expect(tale.transitions.at(-1)?.audit[0]?.detail).toContain(WHY);
    expect(told(tale)).toMatchObject({ loud: true, buttons: [{ label: 'Reviewed' }] });
    expect(told(tale).text).toEqual(expect.arrayContaining([{ person: SECOND }, { person: THIRD }, { code: WHY }]));
    expect(tale.shows('approval', `approval ${tale.offer().plan.id}`)).toMatchObject({
      state: 'approved',
      glass: true,
      reason: WHY,
      decidedBy: ON_CALL,
    });
  });

  test.each([
    ['somebody who is not configured for it', SECOND, WHY, 'ona@example.com'],
    ['nobody without a reason', ON_CALL, '', 'ona@example.com'],
    ['nobody by the signature of another', ON_CALL, WHY, 'sam@example.com'],
  ] as const)('is not for %s', (_, by, reason, principal) => {
    const tale = breaking(by, reason, principal);
    expect(tale.whispered).not.toBeNull();
    expect(tale.state).toMatchObject({ life: 'proposing' });
    expect(tale.state.glass).toBeUndefined();
  });

  test('twice begins once', () => {
    const tale = breaking();
    breaking(ON_CALL, WHY, 'ona@example.com', tale);
    expect(tale.effects.filter((effect) => effect.do === 'change')).toHaveLength(1);
    expect(tale.state.glass).toHaveLength(1);
  });

  test('again, after the plan was held, is a message of its own, and one review is of both', () => {
    const tale = breaking().take({
      is: 'held',
      plan: proposing(house).offer().plan.id,
      sentence: 'Another change runs.',
    });
    expect(tale.state.life).toBe('proposing');
    breaking(ON_CALL, WHY, 'ona@example.com', tale);
    expect(tale.state.glass).toHaveLength(2);
    const { revision } = tale.state.telling['glass 0'] ?? { revision: 0 };
    tale.take({ is: 'woken', name: 'nothing' });
    expect(tale.state.telling['glass 0']?.revision).toBe(revision);
    expect(tale.wanted).toEqual([]);
    reviewing(tale, SECOND);
    expect(tale.state.glass?.every(({ reviewed }) => reviewed?.by.id === SECOND.id)).toBe(true);
  });

  test('has no button where nobody may, or no signature can be verified', () => {
    const { verifies: _, ...unverified } = house.approval;
    const cards = [house, { ...house, approval: unverified }, smallHouse()].map((one) => {
      const tale = proposing(one);
      return tale.shows('approval', `approval ${tale.offer().plan.id}`).buttons.map(({ asks }) => asks);
    });
    expect(cards.map((asks) => asks.includes('break-glass'))).toEqual([true, false, false]);
  });
});

describe('the review', () => {
  test('is not of the person who broke it, under whichever id, nor of a stranger', () => {
    const tale = breaking();
    expect(reviewing(tale, ON_CALL).whispered).toContain('somebody else has to review it');
    expect(reviewing(tale, { id: 'UONCALL2', name: 'the same' }).whispered).toContain('somebody else');
    expect(reviewing(tale, STRANGER).whispered).toContain('Only those who may approve review it');
    expect(tale.state.glass).toMatchObject([{ reviewed: null }]);
  });

  test('is of anybody else who may approve, also after the end, once', () => {
    const tale = breaking().changed('applied').verified(true).settled('confirmed');
    expect(tale.state.life).toBe('closed');
    expect(told(tale).buttons).toHaveLength(1);
    reviewing(tale, SECOND);
    expect(tale.state.glass).toMatchObject([{ reviewed: { by: SECOND } }]);
    expect(tale.transitions.at(-1)?.audit).toMatchObject([{ by: SECOND.id, what: 'reviewed' }]);
    expect(told(tale)).not.toHaveProperty('buttons');
    expect(told(tale).text).toContainEqual({ person: SECOND });
    expect(reviewing(tale, THIRD).whispered).toContain('second has reviewed it already');
  });
});
