import type { RichTextList } from '@slack/types';
import type { NoteMessage } from '../../../model/index.ts';
import type { Rendering } from './block.ts';
import { buttons, fallback, numbered, rich, section } from './block.ts';
import { plain, words } from './rich.ts';

/** A short remark, with steps below it where it has some. */
export function note(message: NoteMessage): Rendering {
  return {
    text: fallback(plain(message.text)),
    blocks: [
      rich(section(...words(message.text, 6000)), ...listed(message.list ?? [])),
      ...buttons(message.buttons ?? []),
    ],
  };
}

function listed(list: NonNullable<NoteMessage['list']>): RichTextList[] {
  return list.length === 0
    ? []
    : [
        numbered(
          list.map((item) => words(item, 400)),
          4000,
        ),
      ];
}
