import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stimuli, stimulusById } from '../../src/stimulus/index.ts';

const DIRECTORY = join(import.meta.dirname, '../../src/stimulus');
const files = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts' && file !== 'stimulus.ts')
  .map((file) => file.slice(0, -'.ts'.length));

test('the registry of stimuli equals its directory', () => {
  expect(stimuli.map(({ id }) => id)).toEqual(files.toSorted());
  expect(files.map((file) => stimulusById(file)?.id)).toEqual(files);
  expect(stimulusById('constructor')).toBeNull();
});

test.each(files)('%s begins with the behaviour that it relies on, and a link', (file) => {
  const [, comment = ''] = /^((?:\/\/.*\n)+)/.exec(readFileSync(join(DIRECTORY, `${file}.ts`), 'utf8')) ?? [];
  expect(comment).toMatch(/https:\/\/\S+/);
});
