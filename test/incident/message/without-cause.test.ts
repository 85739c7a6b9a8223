import { describe, expect, test } from 'vitest';
import { withoutCause } from '../../../src/incident/message/without-cause.ts';
import type { Missing, Rich } from '../../../src/model/index.ts';
import { ipRouteGet } from '../../../src/probe/index.ts';
import { answered, counted } from '../../fake/scene.ts';
import { counting, i1Known, silent } from '../tale.ts';
import type { Tale } from '../tale.ts';

const plain = (rich: Rich): string =>
  rich
    .map((span) =>
      Object.values(span)
        .filter((value) => typeof value === 'string')
        .join(''),
    )
    .join('');
const said = (tale: Tale): string[] => tale.shows('summary').paragraphs.map(plain);

/** All four kernels on the way of I1's packets decide rightly. */
const right = [
  ...i1Known(false, 'eth0'),
  answered('farEnd', ipRouteGet, { to: '10.0.10.207' }, '10.0.10.207 dev eth0 src 10.0.10.69 uid 0 \n    cache \n'),
  answered(
    'subject',
    ipRouteGet,
    { to: '10.0.10.207', from: '10.0.10.69', iif: 'eth0' },
    'local 10.0.10.207 from 10.0.10.69 dev lo table local \n    cache <local> iif eth0 \n',
  ),
  answered(
    'farEnd',
    ipRouteGet,
    { to: '10.0.10.69', from: '10.0.10.207', iif: 'eth0' },
    'local 10.0.10.69 from 10.0.10.207 dev lo table local \n    cache <local> iif eth0 \n',
  ),
];

describe('a diagnosis without a cause', () => {
  test('of a healthy node: what was looked at, ruled out, counted, not seen, and what would tell most', () => {
    const tale = counting(undefined, right).watch(counted('answered'), right);
    expect(tale.state.outcome).toBe('nothing-found');
    const [looked, packets, unseen, next] = said(tale);
    expect(looked).toMatch(
      /^I looked at \d+ things on the node and on a healthy peer, ip-10-0-10-115\. That rules out \d+ suspects?; each is listed below with its reason\.$/,
    );
    expect(packets).toBe(
      '14 of 14 marked packets from ip-10-0-10-69 to 10.0.10.207 port 10250 were answered. On their way there and back the kernels decide rightly in all 4 places that I asked.',
    );
    expect(unseen).toMatch(/^Could not see: .* I tried no other traffic than this: /);
    expect(next).toContain('the exact client, server and port that fail');
    const { ruledOut, path } = tale.shows('summary');
    expect(ruledOut.length).toBeGreaterThan(0);
    expect(ruledOut.every((one) => /\(.+\)$/.test(one))).toBe(true);
    expect(path?.map(({ fits }) => fits)).toEqual(['yes', 'yes', 'yes', 'yes']);
  });

  test('of a node that does not answer: the way of the packets, and which of it to look at next', () => {
    const tale = counting(undefined, right).watch(counted('arrived-not-answered'), right);
    expect(tale.state).toMatchObject({ outcome: 'unknown', findings: [] });
    expect(said(tale).join('\n')).toContain('0 of 14 marked packets');
    expect(said(tale).join('\n')).toContain('1 of 4 decisions is wrong; it is marked below.');
    expect(said(tale).at(-1)).toBe(
      'The next thing that would tell us most: what makes ip-10-0-10-207 answer as it does to ip -4 route get 10.0.10.69 from 10.0.10.207',
    );
    expect(tale.shows('summary').path?.map(({ fits }) => fits)).toEqual(['yes', 'yes', 'no', 'yes']);
  });

  test('does not call right what it could not see', () => {
    const few = right.filter(({ question }) => question.role !== 'farEnd');
    const [, packets] = said(counting(undefined, few).watch(counted('answered'), few));
    expect(packets).toContain('the kernels decide rightly in 2 places that I asked. 2 could not be seen.');
  });

  test('of a node that nobody could look at says only that, and what is needed', () => {
    const tale = counting(undefined, silent(i1Known(true)));
    expect(said(tale)[0]).toMatch(/^I could not look at ip-10-0-10-207\. /);
    expect(tale.shows('summary').path ?? []).toEqual([]);
  });
});

describe('what could not be seen', () => {
  const missing = (detail: string): Missing => ({ check: 'x', role: 'subject', node: 'n1', gap: 'denied', detail });
  const state = counting(undefined, right).watch(counted('answered'), right).state;
  const told = (unseen: readonly Missing[]): string => plain(withoutCause({ ...state, unseen })[2] ?? []);

  test('names three and counts the rest', () => {
    expect(told(['a.', 'b', 'c', 'd', 'e'].map(missing))).toMatch(
      /^Could not see: a \(n1\); b \(n1\); c \(n1\); and 2 more, listed below\. I tried/,
    );
  });

  test('says so where there was nothing', () => {
    expect(told([])).toMatch(/^Could not see: nothing that I asked for\. I tried no other traffic/);
  });
});
