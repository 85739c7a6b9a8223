import type { KnownBlock, RichTextBlock, RichTextElement } from '@slack/types';
import type { Evidence, FindingMessage, Line } from '../../../model/index.ts';
import type { Style } from './block.ts';
import { cell, characters, preformatted, rich, table } from './block.ts';
import { clip, inert, own } from './clean.ts';
import { code, limited, text } from './rich.ts';
import { say } from '../words.ts';

/** Most characters of one command or line, tried from the left until the whole fits. */
const widths = [600, 300, 150, 80] as const;

/** What was asked, what this node said, what a healthy one said; at most `room` characters, rows left out are counted. */
export function evidence(message: FindingMessage, room: number, style: Style): KnownBlock[] {
  if (message.evidence.length === 0) return [];
  const drawn = style === 'modern' ? compared : listed;
  for (const width of widths) {
    const block = drawn(message, message.evidence.length, width);
    if (message.evidence.length < 100 && characters(block) <= room) return [block];
  }
  const fitting = Math.max(1, Math.floor(room / 640));
  return [drawn(message, Math.min(fitting, message.evidence.length), 80)];
}

function compared(message: FindingMessage, count: number, width: number): KnownBlock {
  const rows = message.evidence.slice(0, count).map((one) => row(one, message, width));
  const rest = message.evidence.length - count;
  const counted = rest > 0 ? [[cell(text(say.more(rest))), cell(text('–')), cell(text('–'))]] : [];
  const peer = message.peer === null ? say.evidence.noPeer : say.evidence.peer(message.peer);
  return table([say.evidence.what, message.subject, peer], [...rows, ...counted]);
}

function row(one: Evidence, message: FindingMessage, width: number): RichTextBlock[] {
  const asked = code(one.subject.command, width);
  const other =
    one.peer === undefined || one.peer.command === one.subject.command
      ? []
      : [...text(say.evidence.healthy), ...code(one.peer.command, width)];
  return [
    cell(limited(text(one.about), width), asked, other, limited(normal(one), width)),
    cell(line(one.subject, message.subject, width)),
    cell(one.peer === undefined ? text('–') : line(one.peer, message.peer, width)),
  ];
}

/** In what both sides rightly differ. */
function normal(one: Evidence): RichTextElement[] {
  return one.normal === undefined ? [] : text(`(normal: ${one.normal})`);
}

/** The exact line; the node in front of it where the column belongs to another one. */
function line(one: Line, column: string | null, width: number): RichTextElement[] {
  const elsewhere = one.node === column ? [] : [...code(one.node, 60), ...text(': ')];
  return [...elsewhere, ...code(one.line, width)];
}

function listed(message: FindingMessage, count: number, width: number): KnownBlock {
  const said = (side: Line): string[] =>
    [side.node, `$ ${side.command}`, side.line].map((each) => `  ${clip(each, width, inert)}`);
  const each = message.evidence
    .slice(0, count)
    .map((one) =>
      [
        clip(one.normal === undefined ? one.about : `${one.about} (normal: ${one.normal})`, width, own),
        ...said(one.subject),
        ...(one.peer === undefined ? [] : said(one.peer)),
      ].join('\n'),
    );
  const rest = message.evidence.length - count;
  return rich(preformatted([...each, ...(rest > 0 ? [say.more(rest)] : [])].join('\n\n'), 9000));
}
