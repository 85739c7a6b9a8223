import type { CaptureStory, Message, NoteMessage } from '../../../model/index.ts';
import { behind } from '../block.ts';
import { type Line, paint, rich, say } from '../piece.ts';
import { renderApproval } from './approval.ts';
import { renderFinding } from './finding.ts';
import { renderLive } from './live.ts';
import { renderQuestion } from './question.ts';
import { renderSummary } from './summary.ts';

export interface RenderOptions {
  /** Absent: no colour. */
  readonly colour?: boolean;
  /** Draws the packets of a story as text lines; absent: they are left out. */
  readonly ladder?: (story: CaptureStory) => string;
}

/**
 * A message as lines for a terminal of `width` columns (at least 40). No line is wider than that; nothing that came
 * from a node, a cluster or a person can steer the terminal.
 */
export function render(message: Message, width: number, options: RenderOptions = {}): string[] {
  return linesOf(message, Math.max(width, 40), options).map((line) => paint(line, options.colour ?? false));
}

function linesOf(message: Message, width: number, { ladder }: RenderOptions): readonly Line[] {
  switch (message.is) {
    case 'live':
      return renderLive(message, width);
    case 'question':
      return renderQuestion(message, width);
    case 'note':
      return renderNote(message, width);
    case 'finding':
      return renderFinding(message, width, ladder);
    case 'approval':
      return renderApproval(message, width);
    case 'summary':
      return renderSummary(message, width);
  }
}

function renderNote({ text, list = [] }: NoteMessage, width: number): readonly Line[] {
  const steps = list.flatMap((item, at) => behind([say(`  ${at + 1}. `, 'dim')], rich(item), width));
  return [...behind([say('· ', 'dim')], rich(text), width), ...steps];
}
