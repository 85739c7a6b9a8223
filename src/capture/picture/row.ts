import { type Frame, MARGIN, WIDTH } from './frame.ts';
import { INK } from './ink.ts';
import { fitted, widthOf } from './letters.ts';
import { cross, dot, head, question } from './mark.ts';
import type { Passage } from './passage.ts';
import { element, words } from './svg.ts';

const LABEL = { size: 13, bold: true };
const AGAIN = { size: 12, bold: false };
const LANE = 17;

/** Height of a passage: a lane for its word above the arrow, one for what is missing beneath. */
export function heightOf({ label, missing }: Passage): number {
  return 14 + (label === '' ? 4 : LANE) + (missing === null ? 0 : LANE);
}

/** One passage whose upper end is at `top`. */
export function drawRow(passage: Passage, { x, each }: Frame, top: number): string {
  const { part, again, label, way, seen, missing } = passage;
  const y = top + 6 + (label === '' ? 4 : LANE);
  const ink = INK[part];
  const edge = WIDTH - 5;
  const at = (column: number): number => x[column] ?? Math.min(edge, (x.at(-1) ?? 0) + each / 2 + 6);
  const parts: string[] = [];
  if (missing !== null) {
    const dashes = { 'stroke-dasharray': '5 5', stroke: missing.mark === 'lost' ? INK.missing : INK.unknown };
    parts.push(stroke(at(missing.from), at(missing.at), y, { ...dashes, 'stroke-width': 2.5 }));
    if (way === null) parts.push(said(label, (at(missing.from) + at(missing.at)) / 2, y - 10, LABEL, INK.soft));
  }
  if (way !== null) {
    const [from, to] = [at(way.from), at(way.to)];
    const right = to > from;
    const onwards = missing !== null && missing.from === way.to;
    const end = onwards ? to : to + (right ? -8 : 8);
    parts.push(stroke(from, end, y, { stroke: ink, 'stroke-width': again ? 1.5 : 3 }));
    for (const column of seen) parts.push(dot({ x: at(column), y }, ink));
    const stops = seen.includes(way.to);
    if (!onwards) parts.push(head({ x: stops ? to + (right ? -5 : 5) : to, y }, right, ink));
    parts.push(said(label, (from + to) / 2, y - 10, again ? AGAIN : LABEL, again ? INK.soft : ink));
  }
  if (missing !== null) {
    const here = { x: at(missing.at), y };
    parts.push(missing.mark === 'lost' ? cross(here) : question(here));
    parts.push(said(missing.words, here.x, y + 22, LABEL, missing.mark === 'lost' ? INK.missingText : INK.unknown));
  }
  return parts.join('');
}

function stroke(from: number, to: number, y: number, look: Readonly<Record<string, string | number>>): string {
  return element('path', { d: `M${from} ${y}H${to}`, fill: 'none', ...look });
}

/** A word of its own on its lane, as near to `middle` as the card allows; no word, nothing. */
function said(text: string, middle: number, y: number, face: typeof LABEL, ink: string): string {
  if (text === '') return '';
  const short = fitted(text, face, WIDTH - 2 * MARGIN);
  const width = widthOf(short, face) + 6;
  const x = Math.min(Math.max(middle, MARGIN + width / 2), WIDTH - MARGIN - width / 2);
  const ground = { x: x - width / 2, y: y - face.size + 1, width, height: face.size + 3, rx: 3 };
  return (
    element('rect', { ...ground, fill: INK.card, opacity: 0.85 }) + words(short, { x, y, middle: true }, face, ink)
  );
}
