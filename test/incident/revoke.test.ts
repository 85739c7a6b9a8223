import { describe, expect, test } from 'vitest';
import { tokenOf } from '../../src/incident/turn.ts';
import type { Meaning, Person } from '../../src/model/index.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER, THIRD } from '../fake/house.ts';
import { approve, offered, prepared, RESTART, clusterHouse, stepped } from './cluster-tale.ts';
import { changing, proposing } from './tale.ts';
import type { Tale } from './tale.ts';

const OTHER_ID: Person = { id: 'USECOND2', name: 'second elsewhere' };
const twice = smallHouse(undefined, {
  remediations: smallHouse().remediations.map((one) => ({ ...one, risk: 3 as const })),
  approval: {
    approvers: [ON_CALL, SECOND, THIRD],
    expiresMs: 900_000,
    identities: [
      [SECOND.id, OTHER_ID.id],
      [ON_CALL.id, 'UONCALL2'],
    ],
  },
});
const STANDING = [SECOND, THIRD].map(({ id }) => ({ id, member: true, groups: [] }));

function press(tale: Tale, means: 'revoke' | 'approve' | 'reject', by: Person, letter = 'A'): Tale {
  const plan = tale.offer(letter).plan.id;
  const meaning: Meaning = { means, plan };
  const token = tokenOf(tale.state, meaning) ?? '';
  return tale.take({ is: 'pressed', token, by, standing: STANDING });
}

const begins = (tale: Tale): number =>
  tale.effects.filter((effect) => effect.do === 'change' || (effect.do === 'cluster-step' && effect.list === 'apply'))
    .length;

describe('T6: no plan runs', () => {
  test('T6: that the requester approves under a second linked identity', () => {
    const tale = proposing(twice);
    press(tale, 'approve', { id: 'UONCALL2', name: 'the same' });
    expect(tale.whispered).toContain('You started this incident');
    expect(tale.offer().consents).toEqual([]);
  });

  test('T6: that one person approves twice where two are wanted, under whichever id', () => {
    const tale = press(proposing(twice), 'approve', SECOND);
    press(tale, 'approve', SECOND);
    press(tale, 'approve', OTHER_ID);
    expect(tale.whispered).toContain('it needs another person');
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [{ by: SECOND }] });
    expect(begins(tale)).toBe(0);
  });

  test('T6: that is denied after one of two approvals', () => {
    const tale = press(proposing(twice), 'approve', SECOND);
    press(tale, 'reject', ON_CALL);
    press(tale, 'approve', THIRD);
    expect(tale.offer().state).toBe('rejected');
    expect(begins(tale)).toBe(0);
  });

  test('T6: of which one of two approvals was revoked', () => {
    const tale = press(proposing(twice), 'approve', SECOND);
    press(tale, 'revoke', OTHER_ID);
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [] });
    press(tale, 'approve', THIRD);
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [{ by: THIRD }] });
    expect(begins(tale)).toBe(0);
  });
});

test('two different people where two are wanted: it runs once', () => {
  const tale = press(proposing(twice), 'approve', SECOND);
  press(tale, 'approve', THIRD);
  expect(begins(tale)).toBe(1);
});

describe('a complete approval', () => {
  test.each<[string, Person]>([
    ['who gave it', SECOND],
    ['another approver', THIRD],
    ['who started it', ON_CALL],
  ])('is revoked by %s as long as nothing is heard of the node', (_, by) => {
    const tale = press(changing(), 'revoke', by);
    expect(tale.change.stopped).toEqual(by);
    expect(tale.shows('approval', `approval ${tale.offer().plan.id}`)).toMatchObject({
      state: 'approved',
      revokedBy: by,
      buttons: [],
    });
    expect(tale.transitions.at(-1)?.audit).toMatchObject([{ by: by.id, what: 'revoked' }]);
    tale.take({ is: 'held', plan: tale.offer().plan.id, sentence: 'It was revoked.' });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted', change: null });
    expect(tale.shows('approval', `approval ${tale.offer().plan.id}`)).toMatchObject({
      state: 'revoked',
      decidedBy: by,
      buttons: [],
    });
  });

  test('is taken back where the node had taken the plan by then', () => {
    const tale = press(changing(), 'revoke', THIRD).changed('applied');
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'settle', verb: 'roll-back' }));
    tale.settled('rolled-back');
    expect(tale.state.outcome).toBe('rolled-back');
  });

  test('that the node refuses by itself is revoked as well, and nothing new is offered', () => {
    const tale = press(changing(), 'revoke', THIRD).changed('refused', 'It differs.');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted' });
  });

  test('is not revoked by a stranger', () => {
    const tale = press(changing(), 'revoke', STRANGER);
    expect(tale.whispered).toContain('Only those who may approve');
    expect(tale.change.stopped).toBeUndefined();
  });

  test('is not revoked once the node has begun, nor twice', () => {
    const begun = press(changing().changed('applied'), 'revoke', THIRD);
    expect(begun.whispered).toContain('has begun');
    const again = press(press(changing(), 'revoke', THIRD), 'revoke', SECOND);
    expect(again.whispered).toContain('being stopped already');
  });

  test('gives way to a Reject that comes a moment later', () => {
    const tale = press(changing(), 'reject', THIRD);
    expect(tale.change.stopped).toEqual(THIRD);
  });

  test('of Kubernetes steps is revoked before the first one', () => {
    const tale = press(prepared(approve(offered())), 'revoke', THIRD);
    stepped(tale, { outcome: 'refused', detail: 'third revoked its approval before it had begun.' });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted', change: null });
    expect(tale.offer().state).toBe('superseded');
  });

  test('of Kubernetes steps is revoked while they are prepared', () => {
    const tale = prepared(press(approve(offered(clusterHouse(RESTART))), 'revoke', THIRD));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted' });
    expect(begins(tale)).toBe(0);
  });
});

test('an offer without an approval has nothing to revoke', () => {
  const tale = press(proposing(), 'revoke', SECOND);
  expect(tale.whispered).toContain('nothing of yours to revoke');
  expect(tale.offer().state).toBe('waiting');
});
