import { describe, expect, test } from 'vitest';
import type { Happening, OtherNode, Rich } from '../../src/model/index.ts';
import { ON_CALL, SECOND, THIRD } from '../fake/house.ts';
import {
  approve,
  CAUSE,
  clusterHouse,
  LAST,
  LAST_PATCH,
  LOCAL,
  mended,
  rehearsed,
  ROLL,
  stepped,
  prepared,
  steps,
} from './cluster-tale.ts';
import { changing, type Tale } from './tale.ts';

const DAY = 24 * 60 * 60_000;
const words = (rich: Rich): string =>
  rich
    .map((span) => ('text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : ''))
    .join('');
const headline = (tale: Tale): string => words(tale.shows('summary').headline);
const button = (tale: Tale) => tale.shows('summary').buttons?.[0]?.token ?? '';
const offers = (tale: Tale) => tale.state.offers.filter(({ plan }) => plan.remediation.startsWith('last'));

/** The lasting form waits for its approval. */
function reopened(tale: Tale = mended()): Tale {
  return tale.press(button(tale), ON_CALL);
}

describe('the lasting form of a repair', () => {
  test('is a button of the summary, and no card before it is pressed', () => {
    const tale = mended();
    expect(tale.shows('summary').buttons?.map(({ label }) => label)).toEqual([
      'Make it last: write it down',
      'Undo the repair…',
      'Look again',
      'Copy as Markdown',
    ]);
    expect(offers(tale)).toMatchObject([{ state: 'drafted' }]);
    expect(tale.state.telling[`approval ${offers(tale)[0]?.plan.id}`]).toBeUndefined();
  });

  test('is drafted after a repair by the node as well', () => {
    const tale = changing(clusterHouse(LOCAL, LAST)).changed('applied').verified(true).settled('confirmed');
    expect(tale.state.outcome).toBe('repaired');
    expect(button(tale)).not.toBe('');
  });

  test('opens the closed incident for that one offer', () => {
    const tale = reopened();
    expect(tale.state).toMatchObject({ life: 'proposing', outcome: null, change: null });
    expect(tale.state.past).toHaveLength(1);
    expect(offers(tale)).toMatchObject([{ state: 'waiting', plan: { expiresAt: tale.now + 900_000 } }]);
    expect(words(tale.shows('live').title)).toContain('Repaired');
    const { state } = tale;
    tale.press(button(tale), SECOND);
    expect(tale.state.offers).toEqual(state.offers);
    expect(tale.wanted).toEqual([]);
  });

  test('is approved by somebody else, run by the node, and it ends repaired', () => {
    const tale = approve(reopened());
    expect(tale.wanted.find((effect) => effect.do === 'change')).toMatchObject({ plan: { remediation: 'last' } });
    tale.changed('applied').verified(true).settled('confirmed');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.shows('summary').buttons?.map(({ label }) => label)).toEqual([
      'Undo Fix B…',
      'Look again',
      'Copy as Markdown',
    ]);
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toHaveLength(1);
  });

  test('is not approved by whoever asked for it', () => {
    const mine = mended();
    const tale = mine.press(button(mine), SECOND);
    const approval = offers(tale)[0]?.tokens.approve ?? '';
    expect(tale.press(approval, SECOND).whispered).toContain('someone else has to approve');
    expect(tale.press(approval, THIRD).wanted.some((effect) => effect.do === 'change')).toBe(true);
  });

  test('by the API server is rehearsed first, and verified by the whole diagnosis', () => {
    const tale = rehearsed(reopened(mended(clusterHouse(ROLL, LAST_PATCH))));
    expect(offers(tale)).toMatchObject([{ state: 'waiting' }]);
    steps(approve(tale)).locate();
    expect(tale.state).toMatchObject({ life: 'diagnosing', outcome: null });
  });

  test('that was rejected leaves a repair', () => {
    const tale = reopened();
    tale.press(offers(tale)[0]?.tokens.reject ?? '', SECOND);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(headline(tale)).toMatch(/^Repaired in/);
    expect(tale.shows('summary').durable).toEqual(['Write it into the chart.']);
  });

  test('that expired leaves a repair', () => {
    const tale = reopened();
    const plan = offers(tale)[0]?.plan;
    tale.now = plan?.expiresAt ?? 0;
    tale.take({ is: 'woken', name: `expiry ${plan?.id}` });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });

  test('that the API server would refuse leaves a repair', () => {
    const tale = rehearsed(reopened(mended(clusterHouse(ROLL, LAST_PATCH))), [], 'No.');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.state.troubles.join(' ')).toContain('cannot be offered: No.');
  });

  test.each<[string, (tale: Tale) => Tale]>([
    ['refused', (tale) => tale.changed('refused', 'Precondition 1 no longer holds.')],
    ['rolled back', (tale) => tale.changed('applied').verified(false).settled('rolled-back')],
    [
      'never begun',
      (tale) => tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'No door.' }).settled('refused'),
    ],
  ])('that the node has %s leaves a repair, and says so', (_, become) => {
    const tale = become(approve(reopened()));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(headline(tale)).toMatch(/^Repaired in/);
    expect(tale.state.troubles.join(' ')).toMatch(/stays as it is|No door/);
    expect(tale.wanted.some((effect) => effect.do === 'survey' || effect.do === 'locate')).toBe(false);
  });

  test('whose end nobody knows is no repair: somebody has to look', () => {
    const tale = approve(reopened());
    tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'Lost.' });
    tale.take({ is: 'unsettled', plan: tale.change.plan, sentence: 'Look at its console.' });
    expect(tale.state.outcome).toBe('unknown');
    expect(headline(tale)).toContain('has to be looked at');
  });

  test('by the API server that is refused, or taken back, leaves a repair', () => {
    const ready = (): Tale => approve(rehearsed(reopened(mended(clusterHouse(ROLL, LAST_PATCH)))));
    const refused = stepped(prepared(ready()), { outcome: 'refused', detail: 'It was changed since.' });
    expect(refused.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    const taken = steps(stepped(prepared(ready()), { outcome: 'failed', detail: 'Not known.' }));
    expect(taken.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(taken.state.change?.entry?.state).toBe('rolled-back');
  });

  test('is refused a day later: what it rests on is too old', () => {
    const tale = mended();
    tale.now = (offers(tale)[0]?.plan.expiresAt ?? 0) + DAY;
    expect(tale.press(button(tale), ON_CALL).whispered).toContain('too long ago');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });

  test('whose playbook was changed meanwhile ends as a repair', () => {
    const tale = reopened();
    const changed = new Map(
      [...tale.house.playbooks].map(([id, known]) => [id, { ...known, playbook: { ...known.playbook, digest: 'x' } }]),
    );
    tale.take({ is: 'woken', name: 'x' }, { ...tale.house, playbooks: changed });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(headline(tale)).toMatch(/^Repaired in/);
  });

  test('is no button of an incident that ended otherwise', () => {
    const tale = changing(clusterHouse(LOCAL, LAST)).changed('applied').verified(false).settled('rolled-back');
    expect(tale.shows('summary').buttons?.map(({ label }) => label)).toEqual(['Look again', 'Copy as Markdown']);
    expect(tale.state.offers).toHaveLength(1);
  });
});

describe('the other nodes of the pool', () => {
  const swept = (
    others: readonly OtherNode[],
    change: { readonly left?: number; readonly failure?: string } = {},
  ): Happening => ({
    is: 'swept',
    finding: CAUSE,
    others,
    left: 0,
    ...change,
  });
  const node = (name: string, says: OtherNode['says']): OtherNode => ({
    node: name,
    says,
    sentence: `${name} is ${says}.`,
  });
  const note = (tale: Tale): string => words(tale.shows('note', 'others').text);

  test('are asked once after a repair, with the check that found the cause', () => {
    const tale = mended();
    expect(tale.wanted.filter((effect) => effect.do === 'sweep')).toMatchObject([
      { finding: CAUSE, check: 'return-path' },
    ]);
    expect(note(tale)).toContain('Asking the other nodes');
  });

  test('that have the same cause get a button each, which the desk understands', () => {
    const tale = mended().take(
      swept([node('a', 'found'), node('b', 'clear'), node('c', 'found'), node('d', 'unseen')]),
    );
    const { buttons, list } = tale.shows('note', 'others');
    expect(buttons?.map(({ label }) => label)).toEqual(['Diagnose a', 'Diagnose c']);
    expect(tale.state.buttons[buttons?.[1]?.token ?? '']).toEqual({ means: 'start', node: 'c' });
    expect(list?.map(words)).toEqual(['a: a is found.', 'c: c is found.', 'd: d is unseen.']);
    expect(note(tale)).toContain('2 other nodes have this cause.');
  });

  test('that have another finding of the same check are told with it after those, never called clear', () => {
    const tale = mended().take(swept([node('a', 'other'), node('b', 'clear'), node('c', 'found')]));
    const { buttons, list } = tale.shows('note', 'others');
    expect(list?.map(words)).toEqual(['c: c is found.', 'a: a is other.']);
    expect(buttons?.map(({ label }) => label)).toEqual(['Diagnose c', 'Diagnose a']);
    expect(note(tale)).toBe(
      '1 other node has this cause. I asked 3 nodes of the pool: 1 clear, 1 with something else that those checks find.',
    );
  });

  test('get ten buttons at most', () => {
    const many = Array.from({ length: 30 }, (_, at) => node(`n${at}`, 'found'));
    const tale = mended().take(swept(many));
    expect(tale.shows('note', 'others').buttons).toHaveLength(10);
    expect(tale.shows('note', 'others').list?.length).toBeLessThanOrEqual(20);
  });

  test('are called clear only where all of them could be seen', () => {
    expect(note(mended().take(swept([node('a', 'clear')])))).toMatch(/^No other node has this cause\./);
    for (const said of [swept([node('a', 'unseen'), node('b', 'clear')]), swept([node('b', 'clear')], { left: 3 })]) {
      expect(note(mended().take(said))).not.toMatch(/^No other node has this cause\./);
      expect(note(mended().take(said))).toMatch(/that I could see/);
    }
  });

  test('that there are none of are not counted', () => {
    expect(note(mended().take(swept([])))).toBe('There is no other node in the pool that could have this cause.');
  });

  test('that nobody could ask about are said not to have been asked', () => {
    const tale = mended().take(swept([], { failure: 'The other nodes were not asked: no answer.' }));
    expect(note(tale)).toBe('The other nodes were not asked: no answer.');
    expect(tale.shows('note', 'others').buttons).toBeUndefined();
  });

  test('are told once: a second answer changes nothing', () => {
    const tale = mended().take(swept([node('a', 'found')]));
    const { state } = tale;
    expect(tale.take(swept([node('b', 'found')])).state.sweep).toEqual(state.sweep);
    expect(tale.state.buttons).toEqual(state.buttons);
  });

  test('are told also while the incident is open again, and when its playbook was changed', () => {
    const tale = reopened().take(swept([node('a', 'found')]));
    expect(tale.state.life).toBe('proposing');
    expect(note(tale)).toContain('1 other node has this cause.');
    const other = reopened();
    const changed = new Map(
      [...other.house.playbooks].map(([id, known]) => [id, { ...known, playbook: { ...known.playbook, digest: 'x' } }]),
    );
    other.take(swept([node('a', 'found')]), { ...other.house, playbooks: changed });
    expect(note(other)).toContain('1 other node has this cause.');
  });

  test('mean nothing to this incident when their button is pressed', () => {
    const tale = mended().take(swept([node('a', 'found')]));
    const { state } = tale;
    tale.press(tale.shows('note', 'others').buttons?.[0]?.token ?? '', SECOND);
    expect(tale.state).toEqual(state);
    expect(tale.wanted).toEqual([]);
  });
});
