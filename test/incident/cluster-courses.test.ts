import { describe, expect, test } from 'vitest';
import type { Rich } from '../../src/model/index.ts';
import { ON_CALL, SECOND, THIRD } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import {
  again,
  approve,
  begun,
  CAUSE,
  clusterHouse,
  HEALTHY,
  LAST_PATCH,
  mended,
  prepared,
  rehearsed,
  ROLL,
  stepped,
  steps,
} from './cluster-tale.ts';
import { counting, DOOR, i1Known, type Tale } from './tale.ts';

const words = (rich: Rich): string =>
  rich
    .map((span) => ('text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : ''))
    .join('');
const headline = (tale: Tale): string => words(tale.shows('summary').headline);
const deeds = (tale: Tale): readonly string[] =>
  tale.wanted.flatMap((effect) =>
    effect.do === 'prepare' || effect.do === 'cluster-step' ? [`${effect.do} ${effect.list} ${effect.nth}`] : [],
  );
const token = (tale: Tale, means: 'stop' | 'reopen'): string =>
  Object.entries(tale.state.buttons).find(([, meaning]) => meaning.means === means)?.[0] ?? '';
const stop = (tale: Tale): Tale => tale.press(token(tale, 'stop'), SECOND);

describe('stopping a plan of Kubernetes steps', () => {
  test('before its first step: nothing is done, and nothing was changed', () => {
    const tale = prepared(stop(begun()));
    expect(deeds(tale)).toEqual([]);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted', change: null });
    expect(headline(tale)).not.toMatch(/not known|taken back/);
    expect(tale.effects.some((effect) => effect.do === 'cluster-step')).toBe(false);
  });

  test.each(['refused', 'prepared with a refusal'] as const)(
    'whose first step is %s by then: nobody looks for another plan',
    (how) => {
      const tale = how === 'refused' ? stop(prepared(begun())) : stop(begun());
      if (how === 'refused') stepped(tale, { outcome: 'refused', detail: 'It was changed since.' });
      else prepared(tale, { refusal: 'It is another machine.' });
      expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted', change: null });
      expect(tale.wanted.some((effect) => effect.do === 'locate')).toBe(false);
    },
  );

  test('during a step: that one ends, and everything is taken back', () => {
    const tale = stepped(stop(prepared(begun())));
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    expect(steps(stepped(tale)).state).toMatchObject({ life: 'closed', outcome: 'rolled-back' });
  });

  test('between two steps: the next one is not begun', () => {
    const tale = prepared(stop(stepped(prepared(begun()))));
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    expect(steps(stepped(tale)).state.outcome).toBe('rolled-back');
  });

  test('while netdiag looks again: it is taken back, and what comes late replaces nothing', () => {
    const tale = steps(begun()).locate().look(HEALTHY);
    expect(tale.state.watching).toBe(true);
    stop(tale);
    const { watched, watches, findings } = tale.state;
    tale.take({ is: 'watched', watched: counted('answered') });
    expect(tale.state).toMatchObject({ watched, watches, findings, watching: false });
    expect(tale.state.findings[0]?.code).toBe(CAUSE);
    expect(steps(stepped(tale)).state.outcome).toBe('rolled-back');
  });

  test('while it is taken back: that ends by itself', () => {
    const tale = stepped(prepared(begun()), { outcome: 'failed', detail: 'Not known.' });
    expect(stop(tale).whispered).toContain('has to end by itself');
  });
});

describe('an incident that somebody else wants looked at again', () => {
  test('is theirs from then on: they do not approve what it leads to', () => {
    const tale = mended();
    again(tale.press(token(tale, 'reopen'), SECOND), false);
    const offer = rehearsed(tale).state.offers.findLast(({ state }) => state === 'waiting');
    expect(tale.press(offer?.tokens.approve ?? '', SECOND).whispered).toContain('someone else has to approve');
    expect(deeds(tale.press(offer?.tokens.approve ?? '', THIRD))).toEqual(['prepare apply 0']);
  });
});

describe('an incident that is looked at again', () => {
  test('tells of no fix before there is a new one', () => {
    const tale = mended();
    tale.press(token(tale, 'reopen'), ON_CALL);
    expect(tale.shows('live').steps.find(({ id }) => id === 'fix')?.state).toBe('pending');
    again(tale, true);
    expect(tale.state.outcome).toBe('nothing-found');
    const said = tale.shows('summary').paragraphs.map(words);
    expect(said.filter((line) => line.includes('approved by'))).toEqual([
      'Before I looked again: Fix A, set it anew, approved by ; it stays.',
    ]);
    expect(headline(tale)).toContain('what was done stays');
  });

  test('and was stopped then does not say that nothing was changed', () => {
    const tale = rehearsed(again(mended().press(token(mended(), 'reopen'), ON_CALL), false));
    const waiting = tale.state.offers.findLast(({ state }) => state === 'waiting');
    tale.press(waiting?.tokens.reject ?? '', ON_CALL);
    expect(tale.state.outcome).toBe('advice');
    expect(headline(tale)).toContain('nothing more was changed');
    expect(words(tale.shows('live').title)).toContain('nothing more was changed');
    const said = tale.shows('summary').paragraphs.map(words).join('\n');
    expect(said).toMatch(/Before I looked again: Fix A, /);
    expect(said).not.toMatch(/^Fix A: /m);
  });

  test('is still watched after its repair where it finds nothing wrong, and no more once it is changed anew', () => {
    const wakes = (tale: Tale): readonly string[] =>
      tale.effects.flatMap((one) => (one.do === 'wake' && one.name.startsWith('after the repair') ? [one.name] : []));
    const tale = mended();
    again(tale.press(token(tale, 'reopen'), ON_CALL), true);
    tale.take({ is: 'woken', name: wakes(tale)[2] ?? '' });
    expect(tale.wanted.find((effect) => effect.do === 'verify')).toMatchObject({
      plan: { id: tale.offer('A').plan.id },
    });
    const other = mended();
    rehearsed(again(other.press(token(other, 'reopen'), ON_CALL), false));
    again(steps(approve(other)), true);
    expect(other.state.outcome).toBe('repaired');
    other.take({ is: 'woken', name: wakes(other)[2] ?? '' });
    expect(other.wanted).toEqual([]);
  });

  test('offers the lasting form of a new repair, whatever became of it before', () => {
    const tale = mended();
    const last = (): readonly string[] =>
      tale.state.offers.filter(({ plan }) => plan.remediation === 'last').map(({ state }) => state);
    rehearsed(again(tale.press(token(tale, 'reopen'), ON_CALL), false));
    expect(last()).toEqual(['superseded']);
    again(steps(approve(tale)), true);
    expect(last()).toEqual(['superseded', 'drafted']);
  });
});

describe('packets that come home after the end', () => {
  test('change nothing that is shown', () => {
    const tale = counting();
    tale.press(token(tale, 'stop'), SECOND);
    expect(tale.state.life).toBe('closed');
    expect(tale.shows('live').steps.find(({ id }) => id === 'prove')?.state).not.toBe('active');
    const { telling } = tale.state;
    tale.take({ is: 'watched', watched: counted('answered-elsewhere') });
    expect(tale.state.telling).toEqual(telling);
    tale.take({ is: 'watch-failed', gap: 'denied', sentence: 'No.' });
    expect(tale.state.telling).toEqual(telling);
  });
});

describe('looking again some time after a repair by the API server', () => {
  const wakes = (tale: Tale): readonly string[] =>
    tale.effects.flatMap((effect) =>
      effect.do === 'wake' && effect.name.startsWith('after the repair') ? [effect.name] : [],
    );
  const looking = (tale: Tale): boolean => tale.wanted.some((effect) => effect.do === 'verify');
  const seen = (tale: Tale, good: boolean): Tale =>
    tale.take({
      is: 'verified',
      plan: tale.offer('A').plan.id,
      door: DOOR,
      answers: i1Known(!good, good ? 'eth0' : 'eth1').filter(({ question }) => question.role === 'subject'),
      watched: counted(good ? 'answered' : 'answered-elsewhere'),
      apiServer: null,
    });

  test('is silent as long as all is well, and speaks when it is not', () => {
    const tale = mended();
    expect(wakes(tale)).toHaveLength(3);
    expect(looking(tale.take({ is: 'woken', name: wakes(tale)[0] ?? '' }))).toBe(true);
    seen(tale, true);
    expect(tale.state).toMatchObject({ rechecks: [{ good: true }], troubles: [] });
    tale.take({ is: 'woken', name: wakes(tale)[1] ?? '' });
    seen(tale, false);
    expect(tale.state.troubles.join(' ')).toContain('it is not well any more');
  });

  test('goes on after the lasting form was rejected', () => {
    const tale = rehearsed(press(mended(clusterHouse(ROLL, LAST_PATCH))));
    tale.press(tale.offer('B').tokens.reject, SECOND);
    expect(tale.state.outcome).toBe('repaired');
    expect(looking(tale.take({ is: 'woken', name: wakes(tale)[0] ?? '' }))).toBe(true);
    expect(seen(tale, false).state.troubles.join(' ')).toContain('it is not well any more');
  });

  test('goes on by the lasting form once that is there', () => {
    const tale = again(steps(approve(rehearsed(press(mended(clusterHouse(ROLL, LAST_PATCH)))))), true);
    expect(tale.state.outcome).toBe('repaired');
    const [first = '', , , fourth = ''] = wakes(tale);
    expect(looking(tale.take({ is: 'woken', name: first }))).toBe(false);
    expect(looking(tale.take({ is: 'woken', name: fourth }))).toBe(true);
  });
});

function lasting(tale: Tale): string {
  return tale.offer('B').tokens.offer;
}

function press(tale: Tale): Tale {
  return tale.press(lasting(tale), ON_CALL);
}
