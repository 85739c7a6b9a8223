import type { KnownBlock, RichTextBlockElement } from '@slack/types';
import type { WholeOutput } from '../../../model/index.ts';
import type { Style } from './block.ts';
import { characters, fold, preformatted, rich, section } from './block.ts';
import { code, text } from './rich.ts';
import { say } from '../words.ts';

/** Most characters of one output. */
const each = 1000;

/**
 * Everything that the commands of the evidence gave back, folded under how many they are; the long ones are named by their files. At most
 * `room` characters; outputs left out are counted.
 */
export function outputs(all: readonly WholeOutput[] | undefined, room: number, style: Style): KnownBlock[] {
  if (all === undefined || all.length === 0) return [];
  const drawn: RichTextBlockElement[] = [];
  let left = room;
  for (const [at, one] of all.entries()) {
    const next = output(one);
    left -= characters(next);
    if (left < 0) {
      drawn.push(section(...text(say.more(all.length - at))));
      break;
    }
    drawn.push(...next);
  }
  return fold(say.outputs.title(all.length), rich(...drawn), style);
}

function output({ node, command, text: whole, file }: WholeOutput): RichTextBlockElement[] {
  const asked = [...code(command, 150), ...text(say.outputs.on), ...code(node, 60)];
  if (whole !== null) return [section(...asked), preformatted(whole, each)];
  const where = file === null ? text(say.outputs.bundle) : [...text(say.outputs.file), ...code(file, 110)];
  return [section(...asked, ...where)];
}
