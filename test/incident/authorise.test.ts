import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorise, breakGlass, tooFew } from '../../src/incident/offer/authorise.ts';
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

  test('T5: who bears the name of an approver is none', () => {
    const namesake = { id: 'UNAMESAKE', name: second.name };
    expect(authorise(offer(), namesake, 1, requester, policy)).toEqual({
      is: 'refused',
      sentence: 'You may not approve changes; @second or @third may.',
    });
  });

  test('T5: who is in a group of the same name as one that may approve is none', () => {
    const groups = { approvers: [{ id: 'SNET', name: 'net-oncall' }], expiresMs: 900_000 };
    expect(authorise(offer(), third, 1, requester, groups, { groups: ['net-oncall', 'SNET2'] }).is).toBe('refused');
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

describe('a signature, where the node demands one', () => {
  const gated = offer({}, { signed: true });
  const people = [
    [second.id, 'signer:sam@example.com'],
    [third.id, 'signer:thea@example.com'],
  ];
  const verifying = { ...policy, identities: people, verifies: true } as const;
  const armored = 'armored';

  test('of the very person who presses counts', () => {
    const signature = { armored, principal: 'sam@example.com' };
    expect(authorise(gated, second, 1, requester, verifying, { signature })).toMatchObject({
      is: 'approved',
      approval: { consents: [{ by: second, signature: armored }] },
    });
  });

  test.each([
    ['that is missing', undefined, /needs your signature/],
    ["that is another person's", { armored, principal: 'thea@example.com' }, /somebody else's/],
    ['that is nobody known', { armored, principal: 'nobody@example.com' }, /somebody else's/],
    ['that was not verified', { armored, principal: null }, /could not be verified/],
    ['that is not valid', { armored: '', principal: null, refusal: 'No signature.' }, /^No signature\.$/],
  ])('%s does not', (_, signature, sentence) => {
    const asked = signature === undefined ? {} : { signature };
    expect(authorise(gated, second, 1, requester, verifying, asked)).toMatchObject({
      is: 'refused',
      sentence: expect.stringMatching(sentence) as string,
    });
  });

  test('is left to the node where no signers are configured, and still has to be there', () => {
    const signature = { armored, principal: null };
    expect(authorise(gated, second, 1, requester, policy, { signature }).is).toBe('approved');
    expect(authorise(gated, second, 1, requester, policy).is).toBe('refused');
  });

  test('of two people is two signatures', () => {
    const two = offer({}, { signed: true, approvals: 2 });
    const first = authorise(two, second, 1, requester, verifying, {
      signature: { armored, principal: 'sam@example.com' },
    });
    const consents = first.is === 'consented' ? first.consents : [];
    const again = { signature: { armored, principal: 'sam@example.com' }, standing };
    const half = { ...two, consents };
    expect(authorise(half, third, 2, requester, verifying, again).is).toBe('refused');
    const own = { signature: { armored: 'other', principal: 'thea@example.com' }, standing };
    expect(authorise(half, third, 2, requester, verifying, own).is).toBe('approved');
  });
});

describe('breaking glass', () => {
  const people = [
    [requester.id, 'signer:ona@example.com'],
    [second.id, 'signer:sam@example.com'],
  ];
  const emergency = { ...policy, identities: people, verifies: true, breakers: [requester.id] } as const;
  const two = offer({}, { approvals: 2, expiresAt: 60 * 60_000 });
  const signature = { armored: 'armored', principal: 'ona@example.com' };

  test('lets one person approve alone what wants two, for half an hour', () => {
    expect(breakGlass(two, requester, 1000, emergency, 'all are down', signature)).toMatchObject({
      is: 'approved',
      approval: { glass: true, planHash: 'h', consents: [{ by: requester }], expiresAt: 1000 + 30 * 60_000 },
    });
  });

  test('never lets the approval outlive the plan', () => {
    const late = breakGlass(two, requester, 50 * 60_000, emergency, 'all are down', signature);
    expect(late).toMatchObject({ approval: { expiresAt: 60 * 60_000 } });
  });

  const samSigns = { armored: 'armored', principal: 'sam@example.com' };
  test.each([
    ['an approver who is not configured for it', two, second, emergency, 'why', samSigns],
    ['anybody where nobody is', two, requester, { ...emergency, breakers: [] }, 'why', signature],
    ['nobody without a reason', two, requester, emergency, ' \n', signature],
    ['nobody without a signature', two, requester, emergency, 'why', undefined],
    ['nobody under the signature of another', two, requester, emergency, 'why', samSigns],
    [
      'nobody where signatures are not verified',
      two,
      requester,
      { ...policy, breakers: [requester.id] },
      'why',
      signature,
    ],
    ['nobody after it expired', { ...two, state: 'expired' as const }, requester, emergency, 'why', signature],
    ['nobody after it was approved', { ...two, state: 'approved' as const }, requester, emergency, 'why', signature],
    ['nobody after it was rejected', { ...two, state: 'rejected' as const }, requester, emergency, 'why', signature],
  ] as const)('does not let: %s', (_, one, by, rules, reason, signed) => {
    expect(breakGlass(one, by, 1, rules, reason, signed).is).toBe('refused');
  });
});
