import { describe, expect, test } from 'vitest';
import { compile, flat, loadPlaybook } from '../../src/playbook/index.ts';
import type { Route } from '../../src/playbook/index.ts';

const TEXT = `id: x
version: 1
button: B
symptom: S
far-end: node
start: which
states:
  which:
    ask: Which?
    next:
      again: { button: Again, state: which }
      constructor: { button: On, state: look }
  look:
    narrow: [return-path]
    next: { suspected: cause, cleared: nothing, unseen: which }
  cause: { end: cause }
  nothing: { end: nothing }
`;

function route(): Route {
  const read = loadPlaybook('x.yml', TEXT, { checks: ['return-path'], stimuli: [] });
  if (!('playbook' in read)) throw new Error(JSON.stringify(read.complaints));
  return compile(read.playbook);
}

describe('a compiled playbook', () => {
  test('starts where it says', () => {
    expect(route().start).toBe('which');
  });

  test.each([
    ['which', 'constructor', 'look'],
    ['which', 'again', 'which'],
    ['look', 'suspected', 'cause'],
    ['look', 'unseen', 'which'],
  ])('from %s by %s to %s', (state, event, target) => {
    expect(route().after(state, event)).toBe(target);
  });

  test.each([
    ['which', 'suspected'],
    ['look', 'constructor'],
    ['look', 'toString'],
    ['cause', 'suspected'],
  ])('from %s there is no way by %s, and it says so', (state, event) => {
    expect(() => route().after(state, event)).toThrow(RangeError);
  });

  test('a state that it does not have is a mistake, never silence', () => {
    expect(() => route().after('moon', 'suspected')).toThrow(/moon/);
    expect(() => route().after('look', '*')).toThrow(/wildcard/);
  });

  test('is stepped without memory: the same state and event lead the same way', () => {
    const compiled = route();
    expect([1, 2, 3].map(() => compiled.after('look', 'cleared'))).toEqual(['nothing', 'nothing', 'nothing']);
  });

  test('is flat', () => {
    expect(flat('look')).toBe('look');
    expect(() => flat({ look: 'deeper' })).toThrow(TypeError);
  });
});
