import { describe, expect, test } from 'vitest';
import type { Meaning } from '../../src/model/index.ts';
import { ON_CALL, SECOND, STRANGER } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import { asking, changing, counting, i1Known, proposing, repaired } from './tale.ts';
import type { Tale } from './tale.ts';

const token = (tale: Tale, means: Meaning['means']): string =>
  Object.entries(tale.state.buttons).find(([, meaning]) => meaning.means === means)?.[0] ?? '';
const wakes = (tale: Tale): readonly string[] =>
  tale.effects.flatMap((effect) => (effect.do === 'wake' && effect.name.startsWith('after') ? [effect.name] : []));

describe('stopping', () => {
  test.each([
    ['while the symptom is asked', asking],
    ['while packets are counted', counting],
    ['while a fix waits', proposing],
  ] as const)('%s ends it at once, with nothing on offer', (_, begin) => {
    const tale = begin();
    tale.press(token(tale, 'stop'), ON_CALL);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted' });
    expect(tale.state.offers.every(({ state }) => state === 'superseded')).toBe(true);
    expect(tale.shows('live').buttons).toBeUndefined();
  });

  test('while the change is applied has it rolled back as soon as it is applied', () => {
    const tale = changing();
    expect(tale.shows('live').buttons?.[0]?.label).toBe('Stop and take it back');
    tale.press(token(tale, 'stop'), SECOND).changed('applied');
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'roll-back' });
    tale.settled('rolled-back');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'rolled-back' });
  });

  test('while it is verified has it rolled back, however good it looks', () => {
    const tale = changing().changed('applied');
    tale.press(token(tale, 'stop'), ON_CALL).verified(true);
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'roll-back' });
  });

  test.each([
    ['by somebody who has no say', proposing, STRANGER, /Only those who may approve/],
    ['of what is being settled', () => changing().changed('applied').verified(true), ON_CALL, /brought to rest/],
    ['of what is over', repaired, ON_CALL, /over already/],
  ] as const)('%s is refused', (_, begin, by, sentence) => {
    const tale = begin();
    const before = tale.state.life;
    tale.press(token(tale, 'stop'), by);
    expect(tale.whispered).toMatch(sentence);
    expect(tale.state.life).toBe(before);
  });
});

describe('that is not it', () => {
  test('takes the plans of that finding off and lets the next suspect lead', () => {
    const tale = proposing();
    const [first, second] = tale.state.findings;
    expect(second, 'the scene has two suspects').toBeDefined();
    tale.press(token(tale, 'dismiss'), ON_CALL);
    expect(tale.state.findings.map(({ code }) => code)).toEqual([second?.code]);
    expect(tale.state.dismissed).toEqual([first?.code]);
    const waiting = tale.state.offers.filter(({ state }) => state === 'waiting');
    expect(waiting.every(({ plan }) => plan.finding === second?.code)).toBe(true);
    expect(tale.state.ruledOut.join()).toContain('somebody in the thread says that is not it');
  });

  test('of the last suspect ends without a certain answer', () => {
    const tale = proposing();
    const codes = tale.state.findings.length;
    for (let turn = 0; turn < codes; turn += 1) {
      const open = Object.entries(tale.state.buttons).find(
        ([, meaning]) => meaning.means === 'dismiss' && meaning.finding === tale.state.findings[0]?.code,
      );
      if (open !== undefined) tale.press(open[0], ON_CALL);
    }
    expect(tale.state.life).toBe('closed');
    expect(['unknown', 'advice']).toContain(tale.state.outcome);
  });

  test('comes too late once the fix was approved', () => {
    const tale = changing();
    tale.press(token(tale, 'dismiss'), ON_CALL);
    expect(tale.whispered).toMatch(/does not lead any more/);
    expect(tale.state.findings).not.toHaveLength(0);
  });
});

describe('looking again', () => {
  test('a closed incident opens, asks nobody anything, and proves afresh', () => {
    const tale = repaired();
    tale.press(token(tale, 'reopen'), SECOND);
    expect(tale.state).toMatchObject({ life: 'opened', outcome: null, change: null, findings: [] });
    expect(tale.wanted.find((effect) => effect.do === 'locate')).toBeDefined();
    tale.locate().look(i1Known(true)).watch();
    expect(tale.state.life).toBe('proposing');
    expect(tale.state.questions).toHaveLength(1);
  });

  test('what is still open is not opened again', () => {
    const tale = proposing();
    tale.take({ is: 'pressed', token: token(tale, 'reopen'), by: SECOND });
    expect(tale.state.life).toBe('proposing');
  });
});

describe('after a repair', () => {
  const lookAgain = (tale: Tale, name: string): Tale => tale.take({ is: 'woken', name });

  test('it looks again after 1, 10 and 60 minutes', () => {
    const tale = repaired();
    expect(wakes(tale).map((name) => name.split(' ').at(-1))).toEqual(['1', '10', '60']);
    lookAgain(tale, wakes(tale)[0] ?? '');
    expect(tale.wanted.find((effect) => effect.do === 'verify')).toMatchObject({ plan: { id: tale.change.plan } });
  });

  test('it says nothing while all is well', () => {
    const tale = repaired();
    const before = Object.keys(tale.state.telling);
    lookAgain(tale, wakes(tale)[0] ?? '').verified(true);
    expect(tale.state.rechecks).toMatchObject([{ good: true }]);
    expect(Object.keys(tale.state.telling)).toEqual(before);
    expect(tale.state.outcome).toBe('repaired');
  });

  test('it says once that the symptom is back, with a button to look again', () => {
    const tale = repaired();
    lookAgain(tale, wakes(tale)[0] ?? '').verified(false);
    lookAgain(tale, wakes(tale)[1] ?? '').verified(false);
    expect(tale.state.rechecks.map(({ good }) => good)).toEqual([false, false]);
    expect(tale.state.troubles.filter((sentence) => sentence.includes('not well any more'))).toHaveLength(1);
    expect(tale.shows('summary').buttons?.map(({ label }) => label)).toContain('Look again');
  });

  test('a node that was not repaired is not looked at again', () => {
    const tale = changing().changed('applied').verified(false).settled('rolled-back');
    expect(wakes(tale)).toEqual([]);
    const other = proposing().watch(counted('answered'));
    expect(wakes(other)).toEqual([]);
  });

  test('an incident that was opened again is not looked at by the old wake-ups', () => {
    const tale = repaired();
    const [first] = wakes(tale);
    tale.press(token(tale, 'reopen'), ON_CALL);
    lookAgain(tale, first ?? '');
    expect(tale.wanted).toEqual([]);
  });
});
