import type { KnownBlock } from '@slack/types';
import type { SummaryMessage } from '../../../model/index.ts';
import type { Rendering, Style } from './block.ts';
import { bullets, buttons, fallback, fold, lines, preformatted, rich, section } from './block.ts';
import { path } from './path.ts';
import { limited, plain, strong, text, when, words } from './rich.ts';
import { seen } from './seen.ts';
import { say } from '../words.ts';

/** How it ended, what changed on the node, what would undo it, and how it went. */
export function summary(message: SummaryMessage, style: Style): Rendering {
  const blocks: (KnownBlock | null)[] = [
    rich(...lines(headline(message), ...paragraphs(message))),
    message.difference.length === 0
      ? null
      : rich(section(...text(say.summary.changed)), preformatted(message.difference.join('\n'), 1800)),
    message.durable.length === 0
      ? null
      : rich(section(...text(say.summary.durable)), bullets(message.durable.map(text), 1200)),
    ...path(message.path, style),
    ...seen(message.ruledOut, message.unseen, style),
    ...timeline(message, style),
    ...buttons(message.buttons ?? []),
  ];
  return {
    text: fallback(plain(message.headline), ...message.paragraphs.slice(0, 2).map(plain)),
    blocks: blocks.filter((block) => block !== null),
  };
}

function headline(message: SummaryMessage) {
  const said = words(message.headline, 400);
  const bold = said.map((one) => (one.type === 'text' ? { ...one, style: { ...one.style, bold: true } } : one));
  return bold.length === 0 ? strong(message.outcome) : bold;
}

function paragraphs(message: SummaryMessage) {
  const share = Math.max(200, Math.floor(3000 / Math.max(1, message.paragraphs.length)));
  const shown = message.paragraphs.slice(0, 15);
  const rest = message.paragraphs.length - shown.length;
  return [...shown.map((paragraph) => words(paragraph, share)), rest > 0 ? text(say.more(rest)) : []];
}

function timeline({ timeline: all }: SummaryMessage, style: Style): KnownBlock[] {
  if (all.length === 0) return [];
  const items = all.map((one) => limited([...when(one.at), ...text(' '), ...words(one.what, 150)], 180));
  return fold(say.summary.timeline(all.length), rich(bullets(items, 2000)), style);
}
