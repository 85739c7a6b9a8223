import { characters } from '../characters.ts';
import { isObject, textOf } from '../json.ts';
import { oneOf, shape, text } from './rule.ts';
import type { Tell } from './rule.ts';
import { identifier } from './text-object.ts';

/** Characters over all markdown blocks of one message (https://docs.slack.dev/reference/block-kit/blocks/markdown-block). */
export const markdownCharacters = 12_000;

/** Messages only. */
export const markdown = shape({
  type: oneOf('markdown'),
  'block_id?': identifier,
  text: text(markdownCharacters),
});

/** Tells the block with which all markdown of the message together becomes too long. */
export function checkMarkdownCharacters(blocks: readonly unknown[], at: string, tell: Tell): void {
  let sum = 0;
  for (const [i, block] of blocks.entries()) {
    if (!isObject(block) || block['type'] !== 'markdown') continue;
    const own = characters(textOf(block, 'text') ?? '');
    const before = sum;
    sum += own;
    if (own <= markdownCharacters && before <= markdownCharacters && sum > markdownCharacters)
      tell(`${at}/${i}`, `must be less than ${markdownCharacters + 1} characters in all markdown blocks of a message`);
  }
}
