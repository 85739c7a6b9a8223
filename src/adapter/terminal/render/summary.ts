import type { SummaryMessage } from '../../../model/index.ts';
import { behind, section } from '../block.ts';
import { clockTime } from '../clock-time.ts';
import { code, type Line, type Piece, rich, say } from '../piece.ts';
import { wrap } from '../wrap.ts';
import { renderPath } from './path.ts';
import { renderRest } from './unseen.ts';

const SIGNS: Readonly<Record<SummaryMessage['outcome'], Piece>> = {
  repaired: say('✓ ', 'good'),
  undone: say('↺ ', 'warn'),
  'rolled-back': say('↺ ', 'warn'),
  'nothing-found': say('○ ', 'good'),
  advice: say('→ ', 'warn'),
  unknown: say('? ', 'warn'),
  aborted: say('✗ ', 'bad'),
};

/** How it ended, what changed, what makes it last, and what was not seen. */
export function renderSummary(message: SummaryMessage, width: number): readonly Line[] {
  const { outcome, headline, paragraphs, timeline, durable, difference } = message;
  return [
    ...behind([SIGNS[outcome]], rich(headline), width),
    ...paragraphs.flatMap((paragraph) => [[], ...wrap(rich(paragraph), width)]),
    ...section(
      'Timeline',
      timeline.map(({ at, what }) => [say(`${clockTime(at)}  `, 'dim'), ...rich(what)]),
      width,
    ),
    ...section(
      'What changed on the node',
      difference.map((line) => [code(line)]),
      width,
    ),
    ...section(
      'To make it last',
      durable.map((line) => [say(line)]),
      width,
    ),
    ...renderPath(message.path, width),
    ...renderRest(message, width),
  ];
}
