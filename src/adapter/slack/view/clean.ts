import { redact } from '../../../model/secret/redact.ts';
import { say } from '../words.ts';

/** Controls, format characters (bidi, zero width, tags), line separators and anything else that a reader cannot see. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const terminalSequence = /[^\P{Cc}\t\n\r]\[[0-?]*[ -/]*[@-~]/gu;
const blanks = /[\t\n\r]+/g;

/** Longest text that is looked at; what lies behind is only counted. */
const longest = 40_000;

/** netdiag's own words on one line: what cannot be seen is taken out. */
export function own(text: string): string {
  return redact(text).text.toWellFormed().replace(terminalSequence, '').replace(blanks, ' ').replace(hidden, '');
}

/** Somebody else's bytes on one line: what cannot be seen is written out, `\u{202e}`, so that two names never look equal. */
export function inert(text: string): string {
  return redact(text).text.toWellFormed().replace(hidden, written);
}

/** Somebody else's bytes on several lines; line feeds stay. */
export function inertLines(text: string): string {
  return redact(text).text.replace(/\r\n?/g, '\n').split('\n').map(inert).join('\n');
}

function written(character: string): string {
  if (character === '\t') return '    ';
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/**
 * At most `most` UTF-16 units of `text` after `cleaned`; the rest is counted: `… (12 more)`. Never splits a surrogate
 * pair. `most` is at least 20.
 */
export function clip(text: string, most: number, cleaned: (text: string) => string = own): string {
  const seen = cleaned(cut(text, longest));
  const unseen = Math.max(0, text.length - longest);
  if (seen.length <= most && unseen === 0) return seen;
  const kept = cut(seen, most - say.more(seen.length + unseen).length);
  return `${kept}${say.more(seen.length - kept.length + unseen)}`;
}

/** The first `at` UTF-16 units, one less where that would split a surrogate pair. */
export function cut(text: string, at: number): string {
  if (text.length <= at) return text;
  const last = text.charCodeAt(at - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? at - 1 : at);
}

/** For Slack's `text` arguments, which are read as mrkdwn: the three characters that open a control sequence are escaped. */
export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** For titles that Slack takes as bare strings: nothing in them can open a control sequence. */
export function bare(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
