import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bare, clip, escaped, inert, inertLines, own } from '../../../../src/adapter/slack/view/clean.ts';
import { hostile } from './arbitrary.ts';

const anyText = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary', maxLength: 400 }), fc.string());

describe('somebody else’s bytes', () => {
  test.each([
    ['eth0', 'eth0'],
    ['<!channel> *x* `y`', '<!channel> *x* `y`'],
    ['eth0\u202e', String.raw`eth0\u{202e}`],
    ['a\u200bb', String.raw`a\u{200b}b`],
    ['\u001b[31mred', String.raw`\u{1b}[31mred`],
    ['one\ntwo\r', String.raw`one\ntwo\r`],
    ['a\tb', 'a    b'],
    ['\ud800x', '\ufffdx'],
    ['grün 日本 😀', 'grün 日本 😀'],
  ])('%j is shown as %j', (given, shown) => {
    expect(inert(given)).toBe(shown);
  });

  test('two different ones never look equal by what cannot be seen', () => {
    expect(inert('eth0\u2060')).not.toBe(inert('eth0'));
  });

  test('keep their lines where lines are wanted', () => {
    expect(inertLines('one\r\ntwo\rthree\nfo\u202eur')).toBe('one\ntwo\nthree\nfo\\u{202e}ur');
  });
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['two\n lines', 'two  lines'],
  ['a\u202eb\u0000', 'ab'],
])('of our own words %j what cannot be seen is taken out', (given, shown) => {
  expect(own(given)).toBe(shown);
});

describe('clipping', () => {
  test.each([
    ['short', 20, 'short'],
    ['x'.repeat(30), 30, 'x'.repeat(30)],
    ['x'.repeat(31), 30, `${'x'.repeat(19)}… (12 more)`],
    ['😀'.repeat(20), 22, '😀😀😀😀😀… (30 more)'],
  ])('%j to %i', (given, most, shown) => {
    expect(clip(given, most)).toBe(shown);
  });

  test('counts what is too long to be looked at', () => {
    expect(clip('x'.repeat(10_000_000), 40, inert)).toMatch(/^x+… \(99999\d\d more\)$/);
  });

  test('never exceeds, never splits a pair, and is the text itself where it fits', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 300 }), (text, most) => {
        const shown = clip(text, most, inert);
        expect(shown.length).toBeLessThanOrEqual(most);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown === inert(text)).toBe(inert(text).length <= most);
      }),
    );
  });
});

test('T11: nothing opens a control sequence of Slack', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(escaped(text)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(bare(text)).not.toMatch(/[<>]/);
    }),
  );
});
