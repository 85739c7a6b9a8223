import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOM = join(import.meta.dirname, '../../../src/adapter/slack');
/** What speaks to people; the rest of the room speaks to the log. */
const SPEAKING = [
  ...['view', 'payload'].flatMap((folder) => readdirSync(join(ROOM, folder)).map((file) => join(folder, file))),
  ...['acting', 'admission', 'command', 'find-nodes', 'forms', 'gate', 'nodes', 'upload', 'web'].map(
    (one) => `${one}.ts`,
  ),
];

/** Texts in quotes that have two words side by side, or count what is left out: what a reader would read. */
function sentences(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)]
    .map(([text]) => text.replaceAll(/\$\{[^}]*\}/g, ''))
    .filter((text) => /[A-Za-z]{2,} [a-z]{2,}|more\)/.test(text));
}

test.each(SPEAKING)('%s says nothing of its own: its words are in words.ts', (file) => {
  expect(sentences(readFileSync(join(ROOM, file), 'utf8'))).toEqual([]);
});

test('a sentence is seen, in all three kinds of quotes', () => {
  expect(
    sentences("/** a comment is none */ x('press_1', 'Press it', `… (${n} more)`, \"it is here\"); // nor this one"),
  ).toEqual(["'Press it'", '`… ( more)`', `"it is here"`]);
});
