import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { Hop } from '../../../model/index.ts';
import type { Style } from './block.ts';
import { characters, fold, rich, section } from './block.ts';
import { clip } from './clean.ts';
import { code, limited, strong, text } from './rich.ts';
import { say } from '../words.ts';

const SIGNS: Readonly<Record<Hop['fits'], string>> = { yes: '✓', no: '✗', unknown: '?' };

/** Most characters of the whole path: about ten decisions with their commands. */
const most = 3600;

/** The way of the packets as the kernels decide it, folded under how many decisions are not as they should be. */
export function path(hops: readonly Hop[] | undefined, style: Style): KnownBlock[] {
  if (hops === undefined || hops.length === 0) return [];
  const drawn: RichTextBlockElement[] = [];
  let left = most;
  for (const [at, hop] of hops.entries()) {
    const next = decision(hop, hops[at - 1]);
    left -= characters(next);
    if (left < 0) {
      drawn.push(section(...text(say.more(hops.length - at))));
      break;
    }
    drawn.push(...next);
  }
  return fold(say.path.title(verdict(hops)), rich(...drawn), style);
}

function verdict(hops: readonly Hop[]): string {
  const count = (fits: Hop['fits']): number => hops.filter((hop) => hop.fits === fits).length;
  const [wrong, unseen] = [count('no'), count('unknown')];
  return [
    say.path.decisions(hops.length),
    say.path.wrong(wrong),
    ...(unseen === 0 ? [] : [say.path.unseen(unseen)]),
  ].join(', ');
}

/** One decision: where and what, then the command to copy and its line, then what it comes to; code breaks on a phone, blocks do not. */
function decision(hop: Hop, before: Hop | undefined): RichTextBlockElement[] {
  const heading =
    before?.way === hop.way ? [] : [section(...strong(hop.way === 'there' ? say.path.there : say.path.back))];
  const about: RichTextElement[] = [
    ...text(`${SIGNS[hop.fits]} `),
    ...code(hop.node, 60),
    ...limited(text(` ${hop.about}`), 200),
  ];
  return [
    ...heading,
    section(...about),
    ...(hop.command === null ? [] : [section(...code(hop.command, 200))]),
    ...(hop.line === null ? [] : [section(...text('→ '), ...code(hop.line.trim(), 200))]),
    ...(hop.says === '' ? [] : [section(...(hop.fits === 'no' ? strong : text)(clip(hop.says, 300)))]),
  ];
}
