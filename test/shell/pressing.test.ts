import { describe, expect, test } from 'vitest';
import type { Person } from '../../src/model/index.ts';
import { askedAtPress } from '../../src/shell/pressing.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER, THIRD } from '../fake/house.ts';
import { proposing } from '../incident/tale.ts';
import { bench } from './workplace.ts';

const CREW = 'SCREW';
const approval = {
  approvers: [SECOND, THIRD, { id: CREW, name: 'crew' }],
  expiresMs: 900_000,
  identities: [[SECOND.id, 'USECOND2']],
};
const house = smallHouse(undefined, {
  approval,
  remediations: smallHouse().remediations.map((one) => ({ ...one, risk: 3 as const })),
});
const workplace = { ...bench().workplace, house };

/** Presses a button of the card, and notes what the chat is asked. */
async function asking(means: 'approve' | 'reject' | 'explain', by: Person, earlier: Person | null = null) {
  const tale = proposing(house);
  if (earlier !== null) tale.take({ is: 'pressed', token: tale.offer().tokens.approve, by: earlier, groups: [CREW] });
  const asked: string[] = [];
  const answer = await askedAtPress(workplace, tale.state, {
    key: 'p',
    token: tale.offer().tokens[means],
    by,
    place: tale.state.place,
    groups: () => (asked.push(`groups ${by.id}`), Promise.resolve([CREW])),
    standing: (id) => (asked.push(`standing ${id}`), Promise.resolve({ id, member: true, groups: [] })),
  });
  return { asked, answer };
}

describe('the chat is asked', () => {
  test.each([
    ['approve', STRANGER],
    ['reject', STRANGER],
  ] as const)('for the groups of whoever presses %s and is not known to be allowed', async (means, by) => {
    expect(await asking(means, by)).toEqual({ asked: [`groups ${by.id}`], answer: { groups: [CREW] } });
  });

  test.each([
    ['approve', SECOND],
    ['approve', { id: 'USECOND2', name: 'the same' }],
    ['reject', ON_CALL],
    ['explain', STRANGER],
  ] as const)('for no groups where %s needs none: %j', async (means, by) => {
    expect(await asking(means, by)).toEqual({ asked: [], answer: {} });
  });

  test('how those stand who approved before, with the approval that may be the last', async () => {
    expect(await asking('approve', THIRD, SECOND)).toEqual({
      asked: [`standing ${SECOND.id}`],
      answer: { standing: [{ id: SECOND.id, member: true, groups: [] }] },
    });
    expect((await asking('reject', THIRD, SECOND)).asked).toEqual([]);
  });

  test('nothing about a user of this machine', async () => {
    const local = { ...approval, approvers: [...approval.approvers, { id: 'terminal:lou', name: 'lou' }] };
    const tale = proposing({ ...house, approval: local });
    tale.press(tale.offer().tokens.approve, { id: 'terminal:lou', name: 'lou' });
    expect(tale.offer().consents).toHaveLength(1);
    const answer = await askedAtPress(workplace, tale.state, {
      key: 'p',
      token: tale.offer().tokens.approve,
      by: THIRD,
      place: tale.state.place,
      standing: () => Promise.reject(new Error('asked')),
    });
    expect(answer).toEqual({});
  });

  test('and where it does not answer, nothing is known', async () => {
    const { state } = proposing(house);
    const press = { key: 'p', token: state.offers[0]?.tokens.approve ?? '', by: STRANGER, place: state.place };
    const groups = (): Promise<never> => Promise.reject(new Error('Slack is silent.'));
    await expect(askedAtPress(workplace, state, { ...press, groups })).rejects.toThrow('Slack is silent.');
  });
});
