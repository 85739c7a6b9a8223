import { describe, expect, test } from 'vitest';
import { ON_CALL, SECOND } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import { asking, changing, counting, i1Known } from './tale.ts';
import type { Tale } from './tale.ts';

const FAILED = { is: 'watch-failed', gap: 'unreachable', sentence: 'Nobody could send.' } as const;
const own = { ...counted('answered-elsewhere'), sent: { ...counted('answered-elsewhere').sent, by: 'user' as const } };
const button = (tale: Tale, label: string): string =>
  tale.shows('summary').buttons?.find((one) => one.label === label)?.token ?? '';

describe('packets that netdiag cannot send', () => {
  test('are asked for: somebody repeats what fails, and that is watched and proves the cause', () => {
    const tale = counting().take(FAILED);
    expect(tale.shows('question', 'question repeat').choices.map(({ id }) => id)).toEqual(['now', 'cannot']);
    tale.answer('repeat', 'now');
    expect(tale.wanted.find((effect) => effect.do === 'watch-users')).toMatchObject({
      expected: { from: null, to: '10.0.10.207', port: 10_250 },
      watch: { limits: { seconds: 30 } },
    });
    tale.watch(own);
    expect(tale.state.findings[0]?.confidence).toBe('proven');
    expect(tale.state.life).toBe('proposing');
  });

  test('are not asked for twice', () => {
    const tale = counting()
      .take(FAILED)
      .answer('repeat', 'now')
      .take({ ...FAILED, sentence: 'No capture.' });
    expect(tale.state.life).toBe('closed');
    expect(tale.state.questions.filter(({ question }) => question === 'repeat')).toHaveLength(1);
  });

  test('leave the finding likely where nobody can repeat it', () => {
    const tale = counting().take(FAILED).answer('repeat', 'cannot');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice' });
    expect(tale.effects.some((effect) => effect.do === 'watch-users')).toBe(false);
  });

  test('are not asked for where nothing can be captured', () => {
    const tale = counting().take({ ...FAILED, deaf: true });
    expect(tale.state.questions.map(({ question }) => question)).toEqual(['symptom']);
    expect(tale.state.life).toBe('closed');
  });

  test('are not asked for while netdiag can send them', () => {
    expect(counting().state.questions.map(({ question }) => question)).toEqual(['symptom']);
    expect(changing().state.questions).toHaveLength(1);
  });
});

describe('an end without a cause', () => {
  const healthy = (): Tale => counting(undefined, i1Known(false, 'eth0')).watch(counted('answered'));

  test('can be opened again to watch what somebody repeats', () => {
    const tale = healthy();
    expect(tale.state.outcome).toBe('nothing-found');
    tale.press(button(tale, 'Watch while I repeat it'), SECOND).locate().look(i1Known(false, 'eth0'));
    tale.answer('repeat', 'now', ON_CALL);
    expect(tale.wanted.find((effect) => effect.do === 'watch-users')).toBeDefined();
    expect(tale.effects.filter((effect) => effect.do === 'watch')).toHaveLength(1);
    tale.watch(own);
    expect(tale.state.life).toBe('closed');
    expect(tale.state.outcome).toBe('unknown');
  });

  test('with marked packets again where nobody wants to repeat anything', () => {
    const tale = healthy();
    tale.press(button(tale, 'Look again'), SECOND).locate().look(i1Known(false, 'eth0'));
    expect(tale.wanted.find((effect) => effect.do === 'watch')).toBeDefined();
  });

  test('is not opened for it where the symptom was never told', () => {
    expect(asking().take({ ...FAILED }).state.questions).toHaveLength(1);
  });
});
