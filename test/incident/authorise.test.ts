import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorise, tooFew } from '../../src/incident/offer/authorise.ts';
import type { Offer, Plan } from '../../src/model/index.ts';

const requester = { id: 'UONCALL', name: 'on-call' };
const second = { id: 'USECOND', name: 'second' };
const third = { id: 'UTHIRD', name: 'third' };
const stranger = { id: 'USTRANGER', name: 'stranger' };
const policy = { approvers: [requester, second, third], expiresMs: 900_000 };
/** Everybody is what they were. */
const standing = [second, third].map(({ id }) => ({ id, member: true, groups: [] }));

function offer(change: Partial<Offer> = {}, plan: Partial<Plan> = {}): Offer {
  const base: Plan = {
    version: 1,
    id: 'f'.repeat(32),
    incident: 'i',
    remediation: 'r',
    finding: 'c',
    cluster: 'prod',
    node: { name: 'n', machineId: 'm', bootId: 'b', hostKey: 'k' },
    title: 't',
    safety: 's',
    steps: [],
    undo: [],
    preconditions: [],
    risk: 1,
    approvals: 1,
    doors: { closes: [], opens: [], confirmThrough: ['10.0.0.1'] },
    rollbackSeconds: 60,
    expiresAt: 1000,
    verify: [],
    durable: [],
    stage: null,
    rehearsal: [],
    playbook: { id: 'p', digest: 'd' },
    ...plan,
  };
  const tokens = { approve: 'a', reject: 'r', explain: 'e', offer: 'o' };
  return {
    letter: 'A',
    plan: base,
    hash: 'h',
    state: 'waiting',
    consents: [],
    tokens,
    decidedBy: null,
    decidedAt: null,
    ...change,
  };
}

describe('authorise', () => {
  test('an approver approves before the expiry', () => {
    const verdict = authorise(offer(), second, 999, requester, policy);
    expect(verdict).toMatchObject({ is: 'approved', approval: { planHash: 'h', consents: [{ by: second, at: 999 }] } });
  });

  test('the requester cannot, and learns who can', () => {
    const verdict = authorise(offer(), requester, 1, requester, policy);
    expect(verdict).toEqual({
      is: 'refused',
      sentence: 'You started this incident, so someone else has to approve: @second or @third.',
    });
  });

  test('nobody else can', () => {
    expect(authorise(offer(), stranger, 1, requester, policy)).toEqual({
      is: 'refused',
      sentence: 'You may not approve changes; @second or @third may.',
    });
  });

  test('who is in a user group that may approve, at that moment', () => {
    const groups = { approvers: [{ id: 'SNET', name: 'net-oncall' }], expiresMs: 900_000 };
    expect(authorise(offer(), third, 1, requester, groups, { groups: ['SNET'] }).is).toBe('approved');
    expect(authorise(offer(), third, 1, requester, groups, { groups: ['SOTHER'] })).toEqual({
      is: 'refused',
      sentence: 'You may not approve changes; @net-oncall may.',
    });
    expect(authorise(offer(), third, 1, requester, groups).is).toBe('refused');
    expect(authorise(offer(), requester, 1, requester, groups, { groups: ['SNET'] }).is).toBe('refused');
  });

  test('not at the expiry', () => {
    expect(authorise(offer(), second, 1000, requester, policy)).toMatchObject({
      is: 'refused',
      sentence: expect.stringContaining('expired') as string,
    });
  });

  test.each(['approved', 'rejected', 'expired', 'superseded', 'drafted', 'rehearsing'] as const)(
    'not when it is %s',
    (state) => {
      expect(authorise(offer({ state }), second, 1, requester, policy).is).toBe('refused');
    },
  );

  test('two different people where two are needed', () => {
    const first = authorise(offer({}, { approvals: 2 }), second, 1, requester, policy);
    expect(first).toMatchObject({ is: 'consented', missing: 1 });
    if (first.is !== 'consented') return;
    const half = offer({ consents: first.consents }, { approvals: 2 });
    expect(authorise(half, second, 2, requester, policy).is).toBe('refused');
    expect(authorise(half, third, 2, requester, policy, { standing }).is).toBe('approved');
  });

  describe('a person with two ids', () => {
    const other = { id: 'UOTHER', name: 'the same in another workspace' };
    const known = { ...policy, approvers: [...policy.approvers, other] };

    test('does not approve under one what was asked for under the other', () => {
      const same = { ...known, identities: [[requester.id, other.id]] };
      expect(authorise(offer(), other, 1, requester, same)).toEqual({
        is: 'refused',
        sentence: 'You started this incident, so someone else has to approve: @second or @third.',
      });
      expect(authorise(offer(), other, 1, requester, known).is).toBe('approved');
    });

    test('counts once where two are needed', () => {
      const consents = [{ by: second, at: 1, planHash: 'h' }];
      const half = offer({ consents }, { approvals: 2 });
      const same = { ...known, identities: [[second.id, other.id]] };
      expect(authorise(half, other, 2, requester, same).is).toBe('refused');
      expect(authorise(half, third, 2, requester, same, { standing }).is).toBe('approved');
      expect(authorise(half, other, 2, requester, known, { standing }).is).toBe('approved');
    });
  });

  test('whatever happens, an approval needs a waiting, unexpired offer and enough approvers other than the requester', () => {
    const people = fc.constantFrom(requester, second, third, stranger);
    const everybody = [requester, second, third, stranger].map(({ id }) => ({ id, member: true, groups: [] }));
    const states = fc.constantFrom('waiting', 'approved', 'rejected', 'expired', 'superseded', 'drafted', 'rehearsing');
    fc.assert(
      fc.property(
        states,
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.tuple(people, fc.integer({ min: 0, max: 2000 })), { maxLength: 6 }),
        people,
        (state, approvals, clicks, starter) => {
          let present = offer({ state }, { approvals });
          for (const [by, at] of clicks) {
            const verdict = authorise(present, by, at, starter, policy, { standing: everybody });
            if (verdict.is === 'consented') present = { ...present, consents: verdict.consents };
            if (verdict.is !== 'approved') continue;
            const who = new Set(verdict.consents.map((consent) => consent.by.id));
            expect(state).toBe('waiting');
            expect(at).toBeLessThan(present.plan.expiresAt);
            expect(who.size).toBeGreaterThanOrEqual(approvals);
            expect(who.has(starter.id)).toBe(false);
            expect(who.has(stranger.id)).toBe(false);
            present = { ...present, state: 'approved', consents: verdict.consents };
          }
        },
      ),
    );
  });
});

describe('a plan that can never get its approvals', () => {
  const group = { id: 'SNETWORK', name: 'network' };
  const needing = (approvals: number): Plan => offer({}, { approvals }).plan;

  test.each([
    [2, [requester, second], /needs 2 approvals.* only @second may approve/],
    [1, [requester], /needs 1 approvals.* nobody may approve/],
    [1, [], /nobody may approve/],
  ] as const)('%i approvals of %j: says so', (approvals, approvers, said) => {
    expect(tooFew(needing(approvals), requester, { approvers, expiresMs: 900_000 })).toMatch(said);
  });

  test.each([
    [1, [requester, second]],
    [2, [requester, second, third]],
    [2, [group]],
  ] as const)('%i approvals of %j: can get them', (approvals, approvers) => {
    expect(tooFew(needing(approvals), requester, { approvers, expiresMs: 900_000 })).toBeNull();
  });
});
