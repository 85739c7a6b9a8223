import type { KnownBlock, RichTextElement } from '@slack/types';
import { say } from '../words.ts';
import type { Rendering } from './block.ts';
import { fallback, plainText, rich, section } from './block.ts';
import { clip } from './clean.ts';
import { code, person, text } from './rich.ts';

/**
 * A sentence for one person. What stands between back-quotes is shown as code, and `@U012AB3CD` outside of them as that
 * person's or group's name where it is one of `known`; nothing else in it is markup. `link` is an address of Slack's own.
 */
export function whisper(sentence: string, known: readonly string[] = [], link: string | null = null): Rendering {
  const parts = clip(sentence, 2500).split('`');
  const said = rich(
    section(...parts.flatMap((part, i) => (i % 2 === 1 && part !== '' ? code(part) : named(part, known)))),
  );
  return { text: fallback(sentence), blocks: [said, ...linked(link)] };
}

/** A button that opens a thread; nothing without an address. */
export function linked(link: string | null): KnownBlock[] {
  if (link === null) return [];
  return [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'link', text: plainText(say.link, 75), url: link.slice(0, 3000) }],
    },
  ];
}

/** Whoever is configured by id, and without a name, stands so in a sentence. */
function named(words: string, known: readonly string[]): RichTextElement[] {
  return words.split(/(@[UWS][A-Z0-9]{2,30}\b)/).flatMap((part, i) => {
    const id = part.slice(1);
    return i % 2 === 1 && known.includes(id) ? person({ id, name: id }) : text(part);
  });
}
