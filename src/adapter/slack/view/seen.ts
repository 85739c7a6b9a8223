import type { KnownBlock } from '@slack/types';
import type { Gap, Missing } from '../../../model/index.ts';
import type { Style } from './block.ts';
import { bullets, fold, rich } from './block.ts';
import { code, text } from './rich.ts';
import { say } from '../words.ts';

const gaps: Readonly<Record<Gap, string>> = say.gaps;

/** What was ruled out and what could not be seen, each folded under its number; nothing where there is nothing. */
export function seen(ruledOut: readonly string[], unseen: readonly Missing[], style: Style): KnownBlock[] {
  return [
    ...(ruledOut.length === 0
      ? []
      : fold(say.seen.ruledOut(ruledOut.length), rich(bullets(ruledOut.map(text), 1200)), style)),
    ...(unseen.length === 0
      ? []
      : fold(say.seen.unseen(unseen.length), rich(bullets(unseen.map(missing), 1200)), style)),
  ];
}

function missing(one: Missing) {
  return [...text(`${one.detail} — ${gaps[one.gap]}${say.seen.on}`), ...code(one.node, 100)];
}
