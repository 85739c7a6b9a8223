import type { NoteMessage } from '../../../model/index.ts';
import type { Rendering } from './block.ts';
import { buttons, fallback, rich, section } from './block.ts';
import { plain, words } from './rich.ts';

/** A short remark. */
export function note(message: NoteMessage): Rendering {
  return {
    text: fallback(plain(message.text)),
    blocks: [rich(section(...words(message.text, 8000))), ...buttons(message.buttons ?? [])],
  };
}
