import type { Rendering } from './block.ts';
import { fallback, rich, section } from './block.ts';
import { clip } from './clean.ts';
import { code, text } from './rich.ts';

/** A sentence for one person. What stands between back-quotes is shown as code; nothing in it is markup. */
export function whisper(sentence: string): Rendering {
  const parts = clip(sentence, 2500).split('`');
  return {
    text: fallback(sentence),
    blocks: [rich(section(...parts.flatMap((part, i) => (i % 2 === 1 && part !== '' ? code(part) : text(part)))))],
  };
}
