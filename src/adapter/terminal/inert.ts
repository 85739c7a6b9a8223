import { redact } from '../../model/secret/redact.ts';

/**
 * Everything that a terminal obeys or that hides: control, format (bidirectional, zero-width, tags), line and paragraph
 * separators, private, unassigned and lone surrogate characters, and those that Unicode lets a renderer ignore.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{DI}]/gu;

/** Text without secrets in which every character is seen and none is obeyed: `\x1b`, `\u202e`. A tab becomes two spaces. */
export function inert(text: string): string {
  return redact(text).text.replaceAll(UNSAFE, (character) => {
    if (character === '\t') return '  ';
    const point = character.codePointAt(0) ?? 0;
    if (point <= 0xff) return `\\x${point.toString(16).padStart(2, '0')}`;
    return point <= 0xffff ? `\\u${point.toString(16).padStart(4, '0')}` : `\\u{${point.toString(16)}}`;
  });
}

/** As `inert`, and combining marks are shown by number too: for text from a node, where a mark would alter what stands before it. */
export function inertBytes(text: string): string {
  return inert(text).replaceAll(/\p{M}/gu, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Columns that one character takes on a terminal: 0, 1 or 2 (Unicode Standard Annex 11). */
export function cellsOf(character: string): number {
  if (/^\p{M}$/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that a text takes; the text is inert already. */
export function cells(text: string): number {
  let sum = 0;
  for (const character of text) sum += cellsOf(character);
  return sum;
}
