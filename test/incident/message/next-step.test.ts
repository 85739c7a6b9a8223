import { expect, test } from 'vitest';
import { nextStep } from '../../../src/incident/message/next-step.ts';
import { advice } from '../../../src/remediation/advice.ts';
import type { Finding, IncidentState } from '../../../src/model/index.ts';
import { changing, proposing, repaired } from '../tale.ts';

function said(state: IncidentState, change: Partial<Finding> = {}): string | null {
  const [finding] = state.findings;
  if (finding === undefined) throw new TypeError('no finding');
  const line = nextStep(state, { ...finding, ...change });
  return line === null ? null : line.map((span) => ('text' in span ? span.text : '')).join('');
}

test('while a fix waits, it is to decide about it, or to say that this is not it', () => {
  expect(said(proposing().state)).toBe('approve or reject Fix A, below. If this is not it, say so here.');
});

test('while the API server is asked, it is to wait for that', () => {
  const { state } = proposing();
  const offers = state.offers.map((offer) => ({ ...offer, state: 'rehearsing' as const }));
  expect(said({ ...state, offers })).toBe(
    'the API server is asked what the fix would change; then it is offered below.',
  );
});

test('where only advice is left, it is its first sentence', () => {
  const over = { ...proposing().state, life: 'closed', outcome: 'advice' } as const;
  for (const code of Object.keys(advice)) expect(said(over, { code })).toMatch(/^\S.*[.!?]$/);
  expect(said(over, { code: 'unheard-of' })).toBeNull();
});

test.each([
  ['a change is under way', changing()],
  ['all is well again', repaired()],
])('once %s, there is none', (_, { state }) => {
  expect(said(state)).toBeNull();
});
