import { describe, expect, test } from 'vitest';
// @ts-expect-error -- a module of the page, plain JavaScript without declarations
import { parse as parseUntyped } from '../../src/sandbox/page/mrkdwn.js';

const parse = parseUntyped as (text: string) => unknown[];
const text = (s: string): object => ({ t: 'text', s });

describe('mrkdwn', () => {
  test.each([
    [
      'mentions that arrived unescaped',
      '<@U1> <!channel> <#C1|general> <!subteam^S1>',
      [
        { t: 'user', id: 'U1' },
        text(' '),
        { t: 'broadcast', id: 'channel' },
        text(' '),
        { t: 'channel', id: 'C1' },
        text(' '),
        { t: 'group', id: 'S1' },
      ],
    ],
    ['mentions that arrived escaped', '&lt;@U1&gt; &lt;!channel&gt;', [text('<@U1> <!channel>')]],
    ['an escaped ampersand once only', '&amp;lt;!here&amp;gt;', [text('&lt;!here&gt;')]],
    ['a labelled link', '<https://a.example|here>', [{ t: 'link', url: 'https://a.example', s: 'here' }]],
    [
      'a bare address',
      'see https://a.example/x',
      [text('see '), { t: 'link', url: 'https://a.example/x', s: 'https://a.example/x' }],
    ],
    ['another scheme, which stays text', '<javascript:alert(1)|x>', [text('<javascript:alert(1)|x>')]],
    [
      'bold, italic and struck',
      '*a* _b_ ~c~',
      [{ t: 'b', c: [text('a')] }, text(' '), { t: 'i', c: [text('b')] }, text(' '), { t: 's', c: [text('c')] }],
    ],
    ['marks inside words, which stay text', 'snake_case_name 2*3*4', [text('snake_case_name 2*3*4')]],
    ['code, in which nothing else counts', '`*a* <@U1>`', [{ t: 'code', s: '*a* <@U1>' }]],
    ['a block of code', 'a```\n*x*\n```', [text('a'), { t: 'pre', s: '*x*' }]],
    ['a block of code that never ends', '```x', [text('```x')]],
    ['quotes, line by line', '> a\n> b\nc', [{ t: 'quote', c: [text('a'), { t: 'br' }, text('b')] }, text('c')]],
    ['a date', '<!date^1763661600^{date_num} x {nope}|then>', [text('2025-11-20 x {nope}')]],
    ['an impossible date', '<!date^99999999999999^{time}|then>', [text('then')]],
    ['an emoji', ':warning: 10:20:30', [{ t: 'emoji', s: 'warning' }, text(' 10:20:30')]],
  ])('reads %s', (_what, given, expected) => {
    expect(parse(given)).toEqual(expected);
  });
});
