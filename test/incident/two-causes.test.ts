import { describe, expect, test } from 'vitest';
import { outsideReturnPath } from '../../src/check/outside-return-path.ts';
import type { Check } from '../../src/check/check.ts';
import { smallHouse } from '../fake/house.ts';
import { BEYOND } from '../../src/check/outside-return-path.ts';
import type { Rich, Watched } from '../../src/model/index.ts';
import { ipRouteGet } from '../../src/probe/index.ts';
import { SECOND } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import { changing, counting, DOOR, i1Known, repaired } from './tale.ts';
import type { Tale } from './tale.ts';

const OUTSIDE = 'outside-reply-leaves-other-interface';

const words = (rich: Rich): string =>
  rich
    .map((span) =>
      'text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : `@${span.person.name}`,
    )
    .join('');

/** The same house, in which the packets of the first diagnosis say this of the way back outside. */
function house(says: 'proven' | 'open') {
  const { checks } = smallHouse();
  const outside: Check = { ...outsideReturnPath, prove: () => ({ says, sentence: 'Counted as well.' }) };
  return smallHouse(undefined, { checks: checks.map((check) => (check.id === outside.id ? outside : check)) });
}

describe('a second cause beside the one that is mended', () => {
  test('that packets have proven is looked at afresh, however well the first one’s packets do now', () => {
    const tale = changing(house('proven'));
    expect(tale.state.findings.map(({ confidence }) => confidence)).toEqual(['proven', 'proven']);
    tale.changed('applied').verified(true).settled('confirmed');
    expect(tale.state).toMatchObject({ outcome: null, change: null });
    expect(tale.state.past).toMatchObject([{ verified: true, leaves: 'outside-reply-leaves-other-interface' }]);
    tale.locate().look(i1Known(false)).watch(undefined, i1Known(false));
    expect(tale.state.findings.map(({ code }) => code)).toEqual(['outside-reply-leaves-other-interface']);
  });

  describe('and is mended as well', () => {
    const both = (): Tale => {
      const tale = changing(house('proven')).changed('applied').verified(true).settled('confirmed');
      tale.locate().look(i1Known(false)).watch(undefined, i1Known(false));
      const offer = tale.state.offers.findLast(({ state }) => state === 'waiting');
      tale
        .press(offer?.tokens.approve ?? '', SECOND)
        .changed('applied')
        .verified(true)
        .settled('confirmed');
      return tale;
    };

    test('both are told, in the order of the changes, with who approved which and what was seen of each', () => {
      const tale = both();
      expect(tale.state.outcome).toBe('repaired');
      const { headline, paragraphs } = tale.shows('summary');
      expect(words(headline)).toMatch(/ · 2 causes$/);
      const said = paragraphs.map(words);
      expect(said.slice(0, 4)).toEqual([
        expect.stringMatching(/^Cause 1: Replies /),
        expect.stringMatching(/^Cause 2: .*outside/),
        expect.stringMatching(/^Fix A: .*, approved by @second\. \d+ of \d+ .* another one is left: /),
        expect.stringMatching(/^Fix C: .*, approved by @second\. \d+ of \d+ marked packets are answered\./),
      ]);
      expect(said.join('\n')).not.toMatch(/Seen afterwards|Still there/);
    });

    test('the other nodes are asked for both', () => {
      expect(both().wanted.filter((effect) => effect.do === 'sweep')).toMatchObject([
        {
          finding: 'reply-leaves-other-interface',
          check: 'return-path',
          also: [{ finding: OUTSIDE, check: 'outside-return-path' }],
        },
      ]);
      expect(words(both().shows('note', 'others').text)).toContain('these causes');
    });
  });

  test('that no packet has proven does not keep a repair from being one', () => {
    expect(repaired(house('open')).state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });
});

/** What verification reads on the node: its cause is gone; clients outside are still answered by the wrong interface. */
const MENDED = i1Known(false, 'eth1').filter(({ question }) => question.role === 'subject');
const isOutside = (key: { readonly params: Readonly<Record<string, string>> }): boolean => key.params['to'] === BEYOND;
/** The same readings, all but what would tell of clients outside. */
const blind = i1Known(true).filter(({ question }) => !isOutside(question));

/** Some of fourteen packets are answered. */
function some(answers: number): Watched {
  const watched = counted('mixed');
  return { ...watched, sent: { ...watched.sent, answered: answers } };
}

/** What a new connection saw. */
function saw(tale: Tale, watched: Watched, answers = MENDED): Tale {
  const { plan } = tale.change;
  return tale.take({ is: 'verified', plan, door: DOOR, answers, watched, apiServer: null });
}

describe('a change after which what was reported is better, not gone', () => {
  const better = (): Tale => saw(changing().changed('applied'), some(5)).settled('confirmed');

  test('stays, is no repair, and everything is looked at again', () => {
    const tale = better();
    expect(tale.state).toMatchObject({ outcome: null, life: 'opened', change: null });
    expect(tale.state.past).toMatchObject([{ verified: true, leaves: 'symptom' }]);
    expect(tale.state.past[0]?.seen).toMatch(/^5 of 14 .* better than before, and not yet well/);
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'locate' }));
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toEqual([]);
  });

  test('is a repair once a whole diagnosis finds every packet answered and no cause any more', () => {
    const tale = better().locate().look(i1Known(false, 'eth0')).watch(counted('answered'), i1Known(false, 'eth0'));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired', past: [] });
    expect(tale.state.findings.map(({ code }) => code)).toEqual(['reply-leaves-other-interface']);
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toHaveLength(1);
    expect(tale.effects.filter((effect) => effect.do === 'wake' && effect.name.startsWith('after'))).toHaveLength(3);
  });

  test.each([
    ['some packets still fail', some(9), false],
    ['none is answered', counted('arrived-not-answered'), false],
    ['the suspects cannot be seen', some(9), true],
  ] as const)('is never called one where afterwards %s', (_, watched, unseen) => {
    const well = i1Known(false, 'eth0');
    const known = unseen ? well.filter(({ question }) => !isOutside(question)) : well;
    const tale = better().locate().look(known).watch(watched, known);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown' });
    expect(JSON.stringify(tale.shows('summary').headline)).toContain('Ended before the repair was complete');
  });

  test('leads to the plan for what else is found', () => {
    const tale = better().locate().look(i1Known(true)).watch();
    expect(tale.state.life).toBe('proposing');
    expect(tale.offer('C').state).toBe('waiting');
  });
});

test('a change after which no more packets are answered than before is taken back', () => {
  const tale = saw(changing().changed('applied'), some(0));
  expect(tale.change).toMatchObject({ verified: false });
  expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'settle', verb: 'roll-back' }));
});

describe('a suspect that the first cause hid', () => {
  const mended = (): Tale => {
    const tale = counting(undefined, blind).watch(undefined, blind);
    return tale.press(tale.offer().tokens.approve, SECOND).changed('applied');
  };

  test('is asked about when the change is verified', () => {
    const verify = mended().wanted.find((effect) => effect.do === 'verify');
    const asked = verify?.do === 'verify' ? verify.questions : [];
    expect(asked.filter(isOutside)).toMatchObject([{ role: 'subject', probe: ipRouteGet.id }]);
  });

  test('keeps the repair from being one, however well its packets do, and gets a plan of its own', () => {
    const tale = saw(mended(), counted('answered')).settled('confirmed');
    expect(tale.state.past).toMatchObject([{ verified: true, leaves: OUTSIDE }]);
    expect(tale.state.past[0]?.seen).toContain('another one is left');
    tale.locate().look(i1Known(false)).watch(counted('answered'), i1Known(false));
    expect(tale.state).toMatchObject({ life: 'proposing', findings: [{ code: OUTSIDE }] });
  });

  test('that is not there any more when everything is looked at again leaves a repair', () => {
    const well = i1Known(false, 'eth0');
    const tale = saw(mended(), counted('answered')).settled('confirmed').locate().look(well);
    expect(tale.watch(counted('answered'), well).state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });

  test.each([
    ['is not there', i1Known(false, 'eth0')],
    ['cannot be seen then either', MENDED.filter(({ question }) => !isOutside(question))],
  ])('and that %s is none', (_, answers) => {
    const own = answers.filter(({ question }) => question.role === 'subject');
    const tale = saw(mended(), counted('answered'), own).settled('confirmed');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });
});

describe('some time after a repair', () => {
  const later = (watched: Watched): Tale => {
    const tale = repaired();
    const plan = tale.state.change?.plan ?? '';
    tale.take({ is: 'woken', name: `after the repair ${plan} 1` });
    return tale.take({ is: 'verified', plan, door: DOOR, answers: MENDED, watched, apiServer: null });
  };

  test('packets of which some are answered are a regression, not better than before', () => {
    const { state } = later(some(5));
    expect(state.rechecks).toMatchObject([{ good: false }]);
    expect(state.troubles.join(' ')).toContain('5 of 14 marked packets are answered.');
  });

  test('what is left beside the cause since then is none', () => {
    expect(later(counted('answered')).state).toMatchObject({ rechecks: [{ good: true }], troubles: [] });
  });
});

describe('packets of a verification', () => {
  const rounds = (tale: Tale): unknown => {
    const verify = tale.wanted.find((effect) => effect.do === 'verify');
    return verify?.do === 'verify' ? verify.rounds : null;
  };

  test('are counted where another finding is there of which they can tell', () => {
    expect(rounds(changing(house('open')).changed('applied'))).toBe(2);
  });

  test('are sent once where none is', () => {
    const known = i1Known(true, 'eth0');
    const tale = counting(undefined, known).watch(undefined, known);
    expect(rounds(tale.press(tale.offer().tokens.approve, SECOND).changed('applied'))).toBeUndefined();
  });
});
