import fc from 'fast-check';
import { NAMES } from './names.ts';

const PIECES = [
  ...NAMES,
  '<!everyone>',
  '<https://evil.example|click>',
  '<mailto:a@b|x>',
  '*bold*',
  '_i_',
  '~s~',
  '```',
  '`',
  '&lt;!channel&gt;',
  '&amp;',
  ':smile:',
  '@here',
  '#general',
  '\u001b[2J',
  '\u009b31m',
  '\u001b]8;;https://evil.example\u001b\\',
  '\r',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u{e0041}',
  '\ud800',
  '\udfff',
  '\u2028',
  '\u0085',
  'e\u0301\u0301\u0301',
  "' or 1=1 --",
  '"; drop table audit; --',
  '../../etc/passwd',
  '%00',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '=cmd|x',
  '+1',
  '@SUM(1)',
  '-oProxyCommand=id',
  '--',
  '\\',
  "'\\''",
  '🏴‍☠️',
  'A'.repeat(500),
  '(((((',
  '[cut: token]',
  'password=',
  '-----BEGIN PRIVATE KEY-----',
];

/** As many strings as asked for: first every piece by itself, then mixtures; the same seed gives the same. */
export function hostileStrings(count: number, seed: number): readonly string[] {
  const mixture = fc.oneof(
    fc
      .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 8 })), {
        minLength: 2,
        maxLength: 8,
      })
      .map((all) => all.join('')),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((all) => String.fromCharCode(...all)),
  );
  return [...PIECES, ...fc.sample(mixture, { numRuns: Math.max(0, count - PIECES.length), seed })].slice(0, count);
}
