import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteArgv, quoteBytes, quoteWord } from '../../../src/adapter/ssh/quote.ts';

const words = fc.array(
  fc.string({ unit: 'binary', maxLength: 40 }).filter((word) => !word.includes('\0')),
  {
    minLength: 1,
    maxLength: 30,
  },
);

for (const shell of [['dash'], ['bash', '--posix']]) {
  test(`${shell.join(' ')} reads every quoted word as it was`, () => {
    fc.assert(
      fc.property(words, (list) => {
        const line = `printf '%s\\0' ${list.map(quoteWord).join(' ')}`;
        const ran = spawnSync(shell[0] ?? 'sh', [...shell.slice(1), '-c', line]);
        expect(ran.stdout.toString().split('\0').slice(0, -1)).toEqual(list);
      }),
      { numRuns: 60 },
    );
  });

  test(`${shell.join(' ')} prints quoted bytes as they were, NUL included`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const ran = spawnSync(shell[0] ?? 'sh', [...shell.slice(1), '-c', `LC_ALL=C; printf ${quoteBytes(bytes)}`]);
        expect(new Uint8Array(ran.stdout)).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });
}

test('words that would do something unquoted do nothing', () => {
  const nasty = ['$(id)', ';id>x', '`id`', "'", "'; id; '", '\\', '!!', '*', '-z', '--help', '\n', '~', '#', ''];
  const ran = spawnSync('sh', ['-c', `printf '%s\\0' ${nasty.map(quoteWord).join(' ')}`]);
  expect(ran.stdout.toString().split('\0').slice(0, -1)).toEqual(nasty);
});

test.each([
  ['a NUL character', () => quoteWord('a\0b')],
  ['half a surrogate pair', () => quoteWord('\ud800')],
  ['no program', () => quoteArgv([])],
  ['an empty program', () => quoteArgv([''])],
  ['a program that looks like an option', () => quoteArgv(['-c', 'id'])],
])('%s is refused', (_, quote) => {
  expect(quote).toThrow(TypeError);
});
