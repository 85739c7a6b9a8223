import type { Message } from '../../../model/index.ts';
import { approval } from './approval.ts';
import type { Rendering, Style } from './block.ts';
import type { Ladder } from './finding.ts';
import { finding } from './finding.ts';
import { live } from './live.ts';
import { note } from './note.ts';
import { question } from './question.ts';
import { summary } from './summary.ts';

export type { Rendering, Style } from './block.ts';
export type { Ladder } from './finding.ts';
export { whisper } from './whisper.ts';

/**
 * A message as Slack's blocks, within Slack's limits for any input. `classic` uses only blocks that every workspace
 * has; it is for the one case that Slack answers `invalid_blocks`.
 */
export function view(message: Message, ladder: Ladder, style: Style): Rendering {
  switch (message.is) {
    case 'live':
      return live(message, style);
    case 'question':
      return question(message);
    case 'note':
      return note(message);
    case 'finding':
      return finding(message, ladder, style);
    case 'approval':
      return approval(message, style);
    case 'summary':
    default:
      return summary(message, style);
  }
}
