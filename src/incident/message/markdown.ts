import type { Rich, Span } from '../../model/index.ts';
import { redact } from '../../model/secret/redact.ts';

/** Controls, format characters, line separators, and whatever else a reader cannot see. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** A word that no dialect of Markdown reads as anything but itself, unless it is lively. */
const plain = /^[\p{L}\p{M}\p{N}.,;:'"()%/?!·—–…→-]+$/u;
/** An address, a host's name, which some dialects make a link, and `:name:`, which some make a picture. */
const lively = /:\/\/|[\p{L}\p{N}]\.\p{L}{2}|:[\p{L}\p{N}-]+:/iu;
/** What opens a list, a rule or an order to a forge where it stands first. */
const opening = /^(?:[-/:]|\p{N}+[.)])/u;

/**
 * Rich text as one line of Markdown (https://spec.commonmark.org/0.31.2/). Whatever is not plainly a word stands as code, in which nothing
 * is read as markup; so do names of people, of whom somebody else may be called the same where it is pasted.
 */
export function inline(rich: Rich): string {
  const line = rich.map(spanned).reduce(beside, '').trim();
  const [opens] = opening.exec(line) ?? [];
  return opens === undefined ? line : beside(codeSpan(opens), line.slice(opens.length));
}

/** Side by side two codes would be one, and two words may be a lively one. */
function beside(before: string, next: string): string {
  const [end = ''] = /[^\s`]*$/.exec(before) ?? [];
  const [begin = ''] = /^[^\s`]*/.exec(next) ?? [];
  const codes = before.endsWith('`') && next.startsWith('`');
  return `${before}${codes || lively.test(`${end}${begin}`.replaceAll('*', '')) ? ' ' : ''}${next}`;
}

/** Bytes of a node, a cluster or a person, as code on one line. */
export function codeSpan(bytes: string): string {
  const clean = inert(bytes);
  const shown = clean.trim() === '' ? '(empty)' : clean;
  const fence = '`'.repeat(longestRun(shown, '`') + 1);
  // A space beside a back-quote belongs to the fence.
  const room = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${room}${shown}${room}${fence}`;
}

/** Lines as they are, between fences that they cannot close. */
export function fenced(lines: readonly string[]): string {
  const clean = lines.flatMap((line) => line.replaceAll(/\r\n?/g, '\n').split('\n')).map(inert);
  const fence = '`'.repeat(Math.max(3, ...clean.map((line) => longestRun(line, '`') + 1)));
  return [fence, ...clean, fence].join('\n');
}

function spanned(span: Span): string {
  if ('code' in span) return codeSpan(span.code);
  if ('person' in span) return codeSpan(`@${span.person.name}`);
  if ('text' in span) return words(span.text);
  const said = words(span.strong);
  const bold = said.trim();
  return bold === '' ? said : said.replace(bold, () => `**${bold}**`);
}

/** netdiag's own words, in which names that a node gave may stand. */
function words(text: string): string {
  return inert(text.replaceAll(/\s+/gu, ' '))
    .split(' ')
    .map((word) => (word === '' || (plain.test(word) && !lively.test(word)) ? word : coded(word)))
    .join(' ');
}

/** Sentence signs stay outside. */
function coded(word: string): string {
  const [, before = '', inner = word, after = ''] = /^([("']*)(.*?)([.,;:!?)"']*)$/u.exec(word) ?? [];
  return inner === '' ? codeSpan(word) : `${before}${codeSpan(inner)}${after}`;
}

/** One line without secrets; what cannot be seen is written out. */
function inert(text: string): string {
  return redact(text)
    .text.toWellFormed()
    .replaceAll('\t', '    ')
    .replaceAll(hidden, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

function longestRun(text: string, of: string): number {
  let longest = 0;
  let run = 0;
  for (const one of text) {
    run = one === of ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
