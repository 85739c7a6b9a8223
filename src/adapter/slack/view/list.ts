import type { IncidentLine } from '../../../model/index.ts';
import { say } from '../words.ts';
import { clip, inert } from './clean.ts';
import { plain } from './rich.ts';

const most = 15;

/** The incidents that are open, in one sentence for one person. */
export function listed(open: readonly IncidentLine[]): string {
  if (open.length === 0) return say.list.none;
  const each = open
    .slice(0, most)
    .map(
      ({ node, title, by }) => `\`${clip(node, 80, inert)}\` (${plain(title)}, ${say.home.startedBy}${inert(by.name)})`,
    );
  const rest = open.length > most ? ` ${say.home.more(open.length - most)}` : '';
  return `${say.list.some(open.length)} ${each.join('; ')}${rest}.`;
}
