import type { RichTextElement } from '@slack/types';
import type { Person, Rich, Span } from '../../../model/index.ts';
import { clip, cut, inert, own } from './clean.ts';
import { say } from '../words.ts';

/** netdiag's own words. */
export function text(words: string): RichTextElement[] {
  const clean = own(words);
  return clean === '' ? [] : [{ type: 'text', text: clean }];
}

/** netdiag's own words, bold. */
export function strong(words: string): RichTextElement[] {
  const clean = own(words);
  return clean === '' ? [] : [{ type: 'text', text: clean, style: { bold: true } }];
}

/** Bytes of a node, a cluster or a user, at most `most` of them. */
export function code(bytes: string, most = 300): RichTextElement[] {
  const clean = clip(bytes, most, inert);
  return [{ type: 'text', text: clean === '' ? say.empty : clean, style: { code: true } }];
}

/** A mention where the id is Slack's, of a person or of a user group, else the name. */
export function person(who: Person): RichTextElement[] {
  if (/^[UW][A-Z0-9]{4,30}$/.test(who.id)) return [{ type: 'user', user_id: who.id }];
  if (/^S[A-Z0-9]{4,30}$/.test(who.id)) return [{ type: 'usergroup', usergroup_id: who.id }];
  return [{ type: 'text', text: `@${clip(who.name, 80, inert)}` }];
}

/** A clock time as each reader's own clock shows it; milliseconds since the epoch. */
export function when(at: number): RichTextElement[] {
  if (!Number.isFinite(at) || at < 0 || at > 8.64e15) return text(say.unknownTime);
  const fallback = `${new Date(at).toISOString().slice(11, 19)} UTC`;
  return [{ type: 'date', timestamp: Math.floor(at / 1000), format: '{time_secs}', fallback }];
}

/** Rich text as elements, at most `most` characters over all spans; what is left out is counted. */
export function words(rich: Rich, most: number): RichTextElement[] {
  return limited(
    rich.flatMap((span) => spanElements(span, most)),
    most,
  );
}

/** The first elements that have `most` characters together, and a count of the rest. */
export function limited(elements: readonly RichTextElement[], most: number): RichTextElement[] {
  let left = most;
  for (const [i, element] of elements.entries()) {
    if (size(element) <= left) {
      left -= size(element);
      continue;
    }
    const part = element.type === 'text' ? cut(element.text, left) : '';
    const unseen = elements.slice(i).reduce((sum, one) => sum + size(one), 0) - part.length;
    const kept = element.type === 'text' && part !== '' ? [{ ...element, text: part }] : [];
    return [...elements.slice(0, i), ...kept, ...text(say.more(unseen))];
  }
  return [...elements];
}

/** Characters that an element takes on the screen; mentions and times are guessed. */
function size(element: RichTextElement): number {
  return element.type === 'text' ? element.text.length : 12;
}

/** Rich text as plain characters: names for people, code as inert bytes. */
export function plain(rich: Rich): string {
  return rich.map(plainSpan).join('');
}

function spanElements(span: Span, most: number): RichTextElement[] {
  if ('text' in span) return text(span.text);
  if ('strong' in span) return strong(span.strong);
  return 'code' in span ? code(span.code, Math.max(20, most)) : person(span.person);
}

function plainSpan(span: Span): string {
  if ('text' in span) return own(span.text);
  if ('strong' in span) return own(span.strong);
  if ('code' in span) return inert(span.code);
  return `@${inert(span.person.name)}`;
}
