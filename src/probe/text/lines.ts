import { Unparsable } from '../probe.ts';

/** The lines of a text that hold something besides blanks, without trailing blanks. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(withoutTrailingBlanks)
    .filter((line) => line !== '');
}

/** Not a regular expression: one would look at every run of blanks from each of its blanks. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end -= 1;
  return line.slice(0, end);
}

/**
 * Words between ASCII blanks. Interface names may hold any other character, Unicode spaces too, so `\s` would cut them.
 */
export function wordsOf(line: string): string[] {
  return line.split(/[ \t\n]+/).filter((word) => word !== '');
}

/** Throws Unparsable with the line that was not understood, cut to 160 characters. */
export function refuse(what: string, line: string): never {
  const shown = line.length > 160 ? `${line.slice(0, 160)}…` : line;
  throw new Unparsable(`${what}: ${JSON.stringify(shown)}`);
}

/** A number of decimal digits and nothing else; throws Unparsable otherwise. Above 2^53 the last digits are lost. */
export function wholeNumber(word: string | undefined, line: string): number {
  if (word === undefined || !/^\d{1,20}$/.test(word)) refuse('not a whole number', line);
  return Number(word);
}

/** A record that no key can trick: `__proto__` and `constructor` are keys like any other. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
