import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { view, whisper } from '../../../../src/adapter/slack/view/index.ts';
import type { Rendering } from '../../../../src/adapter/slack/view/index.ts';
import {
  blockCharacters,
  checkMessage,
  countCharacters,
  printed,
} from '../../../../src/sandbox/block/check-message.ts';
import { anyMessage, hostile } from './arbitrary.ts';

const unreadable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u2060]/u;

/** Every string somewhere in a value with the name it stands under. */
function strings(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    strings(one, Array.isArray(value) ? name : key),
  );
}

/** What Slack would refuse, cut, or read as markup; empty when a rendering is sound. */
function faults({ text, blocks }: Rendering): string[] {
  const shown = strings(blocks).filter(([name]) => name === 'text' || name === 'title');
  return [
    ...printed(checkMessage(blocks)),
    ...(countCharacters(blocks) > blockCharacters ? ['too many characters in all blocks'] : []),
    ...(blocks.filter((block) => block.type === 'table').length > 1 ? ['two tables'] : []),
    ...(text.trim() === '' || text.length > 4000 ? [`text of ${text.length} characters`] : []),
    ...(/[<>]|&(?!amp;|lt;|gt;)/.test(text) ? [`markup in the text: ${text}`] : []),
    ...strings(blocks)
      .filter(([, value]) => value === 'mrkdwn')
      .map(() => 'mrkdwn'),
    ...strings(blocks)
      .filter(([name]) => name === 'url' || name === 'image_url')
      .map(([, value]) => `a link to ${value}`),
    ...shown
      .filter(([, value]) => unreadable.test(value.replaceAll('\n', '')))
      .map(([, value]) => `unreadable: ${JSON.stringify(value)}`),
    ...shown.filter(([, value]) => !value.isWellFormed()).map(([, value]) => `a split pair: ${JSON.stringify(value)}`),
  ];
}

test.each(['modern', 'classic'] as const)(
  'T11, T12: any message in the %s style is within the limits of Slack, inert, and links nowhere',
  (style) => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(...hostile), (message, ladder) => {
        expect(faults(view(message, () => ladder, style))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  },
);

test('the classic style uses no block that Slack rolls out by phases', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const types = new Set(view(message, () => 'a', 'classic').blocks.map((block) => block.type));
      expect([...types].filter((type) => type !== 'rich_text' && type !== 'actions')).toEqual([]);
    }),
    { numRuns: 80 },
  );
});

test('T11: any sentence to one person is within the limits of Slack and inert', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), (words) => {
      expect(faults(whisper(words))).toEqual([]);
    }),
  );
});
