import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoted } from '../../src/model/index.ts';

test.each([
  [['ip', 'route', 'get', '10.0.10.69'], 'ip route get 10.0.10.69'],
  [['echo', 'two words', '', "it's"], String.raw`echo 'two words' '' 'it'\''s'`],
  [['x', '$(id)', ';id', '-z'], "x '$(id)' ';id' -z"],
  [['x', 'eth0\u202e'], String.raw`x $'eth0\u202e'`],
  [['x', "e\u001b[0m'\\"], String.raw`x $'e\x1b[0m\'\\'`],
  [['x', '~', '*', '#', '!'], "x '~' '*' '#' '!'"],
])('the command %j is shown as %s', (argv, shown) => {
  expect(quoted(argv)).toBe(shown);
});

test('bash reads back the very same words, and nothing but plain characters is shown', () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 20 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (argv) => {
      const line = quoted(argv);
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      const said = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      expect(said.split('\0').slice(0, -1)).toEqual(argv);
    }),
    { numRuns: 25 },
  );
});
