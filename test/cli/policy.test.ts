import { expect, test } from 'vitest';
import { approverIds, policyOf, signaturesOf } from '../../src/cli/policy.ts';

const approval = {
  approvers: ['U0ANNA', 'S0NET', 'terminal:sam'],
  expiresMinutes: 15,
  identities: [
    ['U0ANNA', 'W0ANNA2', 'terminal:anna', 'signer:anna@example.com'],
    ['U0SAM', 'terminal:sam'],
  ],
  signersFile: null,
  breakGlass: [],
};

test('a policy knows every id of every person, wherever it is used', () => {
  expect(policyOf({ approval, starters: null })).toEqual({
    approvers: [
      { id: 'U0ANNA', name: 'U0ANNA' },
      { id: 'S0NET', name: 'S0NET' },
      { id: 'terminal:sam', name: 'sam' },
    ],
    expiresMs: 900_000,
    identities: approval.identities,
    starters: [],
    breakers: [],
  });
});

test('signatures are verified where signers are configured, and nowhere else', () => {
  expect(signaturesOf({ approval })).toBeUndefined();
  const verifying = { ...approval, signersFile: '/etc/netdiag/signers' };
  expect(signaturesOf({ approval: verifying })).toBeDefined();
  expect(policyOf({ approval: verifying, starters: ['U0ANNA'] })).toMatchObject({
    verifies: true,
    starters: ['U0ANNA'],
  });
});

test('whoever may approve sees what waits under each of their Slack ids', () => {
  expect(approverIds(policyOf({ approval, starters: null }))).toEqual(['U0ANNA', 'W0ANNA2', 'S0NET', 'U0SAM']);
});
