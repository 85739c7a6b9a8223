import type {
  ActionsBlock,
  Button as SlackButton,
  ConfirmationDialog,
  ContainerBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextBlockElement,
  RichTextElement,
  RichTextList,
  RichTextPreformatted,
  RichTextSection,
  StaticSelect,
  TableBlock,
} from '@slack/types';
import type { Button } from '../../../model/index.ts';
import { clip, escaped, inert, inertLines, own } from './clean.ts';
import { limited, strong, text } from './rich.ts';
import { say } from '../words.ts';

/** What a message looks like in Slack. `text` is for notifications and screen readers. */
export interface Rendering {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** `classic` avoids the blocks that Slack rolls out by phases: plan, table and container. */
export type Style = 'modern' | 'classic';

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block; every element keeps its text inert. */
export function rich(...elements: RichTextBlockElement[]): RichTextBlock {
  return { type: 'rich_text', elements };
}

/** One paragraph; an empty one holds a space, because Slack refuses empty text. */
export function section(...elements: readonly RichTextElement[]): RichTextSection {
  return { type: 'rich_text_section', elements: elements.length > 0 ? [...elements] : [{ type: 'text', text: ' ' }] };
}

/** Several lines, one under the other; empty ones are left out. */
export function lines(...each: readonly (readonly RichTextElement[])[]): RichTextSection[] {
  return each.filter((line) => line.length > 0).map((line) => section(...line));
}

/** A bulleted list of at most `most` characters; items that do not fit are counted in a last one. */
export function bullets(items: readonly (readonly RichTextElement[])[], most: number): RichTextList {
  return list('bullet', items, most);
}

/** A numbered list with the limits of `bullets`. */
export function numbered(items: readonly (readonly RichTextElement[])[], most: number): RichTextList {
  return list('ordered', items, most);
}

function list(
  style: RichTextList['style'],
  items: readonly (readonly RichTextElement[])[],
  most: number,
): RichTextList {
  const share = Math.max(60, Math.floor(most / Math.max(1, Math.min(items.length, 20))));
  const shown = items.slice(0, Math.max(1, Math.floor(most / share)));
  const rest = items.length - shown.length;
  const each = [
    ...shown.map((item) => section(...limited(item, share))),
    ...(rest > 0 ? [section(...text(say.more(rest)))] : []),
  ];
  return { type: 'rich_text_list', style, elements: each };
}

/** Fixed-width lines, character by character. */
export function preformatted(bytes: string, most: number): RichTextPreformatted {
  const clean = clip(bytes, most, inertLines);
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: clean === '' ? say.empty : clean }] };
}

/** Plain text without emoji codes. */
export function plainText(words: string, most: number): PlainTextElement {
  const clean = clip(words, most);
  return { type: 'plain_text', text: clean.trim() === '' ? '–' : clean, emoji: false };
}

/** Most buttons that stand in one block. */
const together = 5;

/** Up to ten buttons, five in a block, else one list to choose from; nothing when there are none. The value is the token. */
export function buttons(all: readonly Button[], confirm?: ConfirmationDialog): ActionsBlock[] {
  if (all.length === 0) return [];
  if (all.length > 2 * together) return [{ type: 'actions', elements: [choice(all)] }];
  const drawn = all.map((one, i) => button(one, i, confirm));
  return [drawn.slice(0, together), drawn.slice(together)]
    .filter((elements) => elements.length > 0)
    .map((elements) => ({ type: 'actions', elements }));
}

/** One button; pressed, its action id says whether it counts at once or what is asked for first. */
export function button(one: Button, i: number, confirm?: ConfirmationDialog): SlackButton {
  return {
    type: 'button',
    action_id: `${one.asks ?? 'press'}:${i}`,
    text: plainText(one.asks === undefined ? one.label : `${clip(one.label, 70)}…`, 75),
    value: one.token.slice(0, 2000),
    ...(one.style === undefined ? {} : { style: one.style }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

function choice(all: readonly Button[]): StaticSelect {
  return {
    type: 'static_select',
    action_id: 'press:choice',
    placeholder: plainText(say.choose, 75),
    options: all.slice(0, 100).map((one) => ({ text: plainText(one.label, 75), value: one.token.slice(0, 75) })),
  };
}

/** Folded away under a title until somebody opens it; laid open in the classic style. */
export function fold(title: string, child: RichTextBlock, style: Style): (ContainerBlock | RichTextBlock)[] {
  if (style === 'classic') return [rich(section(...strong(title)), ...child.elements)];
  const folded = { is_collapsible: true, default_collapsed: true, width: 'full' } as const;
  return [{ type: 'container', title: plainText(title, 150), ...folded, child_blocks: [child] }];
}

/** A cell of a table; Slack refuses an empty one. */
export function cell(...each: readonly (readonly RichTextElement[])[]): RichTextBlock {
  return rich(...lines(...each));
}

/** A table whose first row is the head; the columns are wrapped. */
export function table(head: readonly string[], rows: readonly RichTextBlock[][]): TableBlock {
  return {
    type: 'table',
    rows: [head.map((name) => ({ type: 'raw_text', text: clip(name, 100, inert) || '–' })), ...rows],
    column_settings: head.map(() => ({ is_wrapped: true })),
  };
}

/** The `text` of a message: one line, at most 700 characters before escaping, never empty. */
export function fallback(...parts: readonly string[]): string {
  const line = clip(
    parts
      .map(own)
      .filter((part) => part.trim() !== '')
      .join(' · '),
    700,
  );
  return line === '' ? 'netdiag' : escaped(line);
}

/** Slack has refused messages from about 13,200 characters over all blocks on (slackapi/bolt-js#2509). */
export const mostCharacters = 12_000;

/** Characters of all texts and titles in blocks. */
export function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one: unknown) => sum + characters(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, one]: [string, unknown]) => {
    if (typeof one === 'string') return name === 'text' || name === 'title' ? sum + one.length : sum;
    return sum + characters(one);
  }, 0);
}
