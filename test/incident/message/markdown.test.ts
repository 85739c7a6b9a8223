import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeSpan, fenced, inline } from '../../../src/incident/message/markdown.ts';
import type { Rich } from '../../../src/model/index.ts';

const hostile = [
  '<script>alert(1)</script>',
  '[click](https://evil.example/?x=1)',
  '![x](https://evil.example/p.png)',
  'https://evil.example www.evil.example evil.example a@evil.example',
  '@everyone @on-call <!channel> <@U123ABC456>',
  '`id` ``id`` ```\nid\n```',
  '~~~\n# heading\n- item\n1. item\n> quote\n---\n===',
  '/close\n/assign @x',
  '**b** _i_ ~~s~~ ==m== ++i++ $x^2$ ||spoiler||',
  '| a | b |\n|---|---|',
  ':rotating_light: :smile:',
  '&lt;b&gt; &#x3c;b&#62;',
  '\\`\\*\\\\',
  '\u001b[31mred\u001b[0m eth0\u202e0hte zero\u200bwidth',
  '\ud800',
  ' ` ',
  '`',
  '',
  ' ',
];
const bytes = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: fc.constantFrom(...'`*_[]()<>#-+.!|~&@:/\\ \n1aw=$^{}"'.split('')), maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const rich: fc.Arbitrary<Rich> = fc.array(
  fc.oneof(
    fc.record({ text: bytes }),
    fc.record({ strong: bytes }),
    fc.record({ code: bytes }),
    fc.record({ person: fc.record({ id: bytes, name: bytes }) }),
  ),
  { maxLength: 6 },
);

/** What stands outside of code, by the rule of CommonMark: a run of back-quotes closes at the next run of the same length. */
function outside(line: string): { readonly text: string; readonly closed: boolean } {
  let text = '';
  let at = 0;
  let closed = true;
  while (at < line.length) {
    const run = /^`+/.exec(line.slice(at))?.[0] ?? '';
    if (run === '') {
      text += line[at];
      at += 1;
      continue;
    }
    const rest = line.slice(at + run.length);
    const end = [...rest.matchAll(/`+/g)].find(([one]) => one.length === run.length);
    closed &&= end !== undefined;
    text += '\u0001';
    at = end === undefined ? line.length : at + run.length + end.index + run.length;
  }
  return { text, closed };
}

/** What some dialect of Markdown would act on; empty when a line is inert. Bold is netdiag's own. */
function active(line: string): string[] {
  const { text, closed } = outside(line);
  const bare = text.replaceAll('**', '');
  return [
    ...(closed ? [] : ['an open code']),
    ...(/[\n\r]/.test(line) ? ['a second line'] : []),
    ...(/[[\]<>&@#|~=$^{}\\_`+*]/.exec(bare) ?? []),
    ...(/:\/\/|www\.|[a-z0-9]\.[a-z]{2}|:[\w+-]+:/i.exec(bare) ?? []),
    ...(/^(?:[-/:]|\d+[.)])/.exec(text) ?? []),
    ...(/[\p{Cc}\p{Cf}]/u.exec(line) ?? []),
    ...(line.isWellFormed() ? [] : ['a split pair']),
  ];
}

describe('one line', () => {
  test('is inert, whatever stands in it', () => {
    fc.assert(
      fc.property(rich, (some) => {
        expect(active(inline(some))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test('an opening that stands right before a code leaves that whole', () => {
    expect(inline([{ text: '-' }, { code: 'a b' }])).toBe('`-` `a b`');
    expect(inline([{ text: '1. ' }, { code: 'a b' }])).toBe('`1.` `a b`');
    expect(inline([{ text: 'x' }, { code: 'a b' }])).toBe('x`a b`');
  });

  test('the oracle sees what is active', () => {
    for (const line of [
      'a [b](c)',
      'x <b>',
      '`a',
      '- a',
      '1. a',
      'see https://x',
      '@all',
      ':smile:',
      '/close',
      'ev.il',
    ])
      expect(active(line)).not.toEqual([]);
    expect(active('**Cause:** replies leave by `eth1`, `<b>`; 7 of 7.')).toEqual([]);
  });

  test.each<[Rich, string]>([
    [[{ strong: 'Cause: ' }, { text: 'replies leave by ' }, { code: 'eth1' }], '**Cause:** replies leave by `eth1`'],
    [[{ text: 'net.ipv4.ip_forward is 0, at 10.0.10.207.' }], '`net.ipv4.ip_forward` is 0, at 10.0.10.207.'],
    [[{ text: 'approved by ' }, { person: { id: 'U1', name: 'second' } }], 'approved by `@second`'],
    [[{ code: 'a`b' }, { code: '`' }], '``a`b`` `` ` ``'],
    [[{ text: '- one' }], '`-` one'],
    [[{ text: 'password = hunter2-hunter2' }], 'password `=` `[cut`: `password]`'],
  ])('%j', (some, said) => {
    expect(inline(some)).toBe(said);
  });
});

test('code says that it is empty, and writes out what cannot be seen', () => {
  expect([codeSpan(''), codeSpan('\u202e'), codeSpan(' x')]).toEqual(['`(empty)`', '`\\u{202e}`', '`  x `']);
});

test('lines stay between their fences', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), (lines) => {
      const [open = '', ...rest] = fenced(lines).split('\n');
      expect(open).toMatch(/^`{3,}$/);
      expect(rest.at(-1)).toBe(open);
      const closing = rest.slice(0, -1).filter((line) => line.trim().startsWith(open));
      expect(closing).toEqual([]);
      expect(rest.filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(fenced(['a\r\nb'])).toBe('```\na\nb\n```');
});
