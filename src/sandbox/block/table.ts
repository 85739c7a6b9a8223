import { characters } from '../characters.ts';
import { isObject, listOf } from '../json.ts';
import { richText } from './rich-text.ts';
import { byType, flag, list, number, oneOf, shape, text } from './rule.ts';
import type { Rule, Tell } from './rule.ts';
import { identifier } from './text-object.ts';

/** Characters over all table cells of one message (https://docs.slack.dev/reference/block-kit/blocks/table-block). */
export const tableCharacters = 10_000;

/** A cell of a table: raw text, a number with its text, or rich text. */
export const cell = byType({
  raw_text: shape({ type: oneOf('raw_text'), text: text(tableCharacters) }),
  raw_number: shape({ type: oneOf('raw_number'), value: number(), text: text(tableCharacters) }),
  rich_text: richText,
});

const setting = shape({ 'align?': oneOf('left', 'center', 'right'), 'is_wrapped?': flag });
const settingOrNull: Rule = (value, at, tell) => {
  if (value !== null) setting(value, at, tell);
};

/** https://docs.slack.dev/reference/block-kit/blocks/table-block */
export const table = shape({
  type: oneOf('table'),
  'block_id?': identifier,
  rows: list(list(cell, 20, 1), 100, 1),
  'column_settings?': list(settingOrNull, 20),
});

/** Adds up the cells of every table and tells when the message has more text in them than Slack takes. */
export function checkTableCharacters(blocks: readonly unknown[], at: string, tell: Tell): void {
  let sum = 0;
  blocks.forEach((block, i) => {
    const inside = isObject(block) && block['type'] === 'container' ? listOf(block['child_blocks']) : [block];
    for (const one of inside)
      if (isObject(one) && (one['type'] === 'table' || one['type'] === 'data_table'))
        sum += cellCharacters(one['rows']);
    if (sum > tableCharacters) {
      tell(`${at}/${i}`, `must be less than ${tableCharacters + 1} characters in all table cells of a message`);
      sum = -Infinity;
    }
  });
}

function cellCharacters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, entry: unknown) => sum + cellCharacters(entry), 0);
  if (!isObject(value)) return 0;
  const own = typeof value['text'] === 'string' ? characters(value['text']) : 0;
  return own + cellCharacters(value['elements']);
}
