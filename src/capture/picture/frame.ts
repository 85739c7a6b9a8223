import type { Column } from './column.ts';
import { INK } from './ink.ts';
import { type Face, fitted, onTwoLines, plain, sized, widthOf } from './letters.ts';
import { question } from './mark.ts';
import { element, words } from './svg.ts';

/** Width of a picture in CSS pixels of a phone. */
export const WIDTH = 360;
/** Between the card's edge and everything. */
export const MARGIN = 12;

const NAME = { size: 13.5, bold: true };
/** The largest that fits on one line, else the smallest on two. */
const DETAILS = [12, 11.5, 11] as const;
const NODE = { size: 12.5, bold: true };
const LINE = 15;

/** Where columns stand, and how tall their headings are. */
export interface Frame {
  readonly x: readonly number[];
  /** Width of one column. */
  readonly each: number;
  /** From the top of the frame to the beginning of the lines. */
  readonly head: number;
}

export function frameOf(columns: readonly Column[]): Frame {
  const each = (WIDTH - 2 * MARGIN) / columns.length;
  const most = Math.max(...columns.map((column) => headingOf(column, each).length));
  return {
    x: columns.map((_, at) => MARGIN + each * (at + 0.5)),
    each,
    head: 30 + most * LINE + (columns.some(({ blind }) => blind) ? 10 : 0),
  };
}

/** Nodes as boxes around their columns, headings, and lines down to `bottom`. */
export function drawFrame(columns: readonly Column[], { x, each, head }: Frame, top: number, bottom: number): string {
  const boxes = nodesOf(columns).map(({ name, first, last }) => {
    const left = (x[first] ?? 0) - each / 2 + 2;
    const right = (x[last] ?? 0) + each / 2 - 2;
    const box = { x: left, y: top, width: right - left, height: bottom - top + 6, rx: 9 };
    return (
      element('rect', { ...box, fill: INK.node, stroke: INK.nodeEdge, 'stroke-width': 1.2 }) +
      words(called(name, right - left - 14), { x: left + 8, y: top + 16 }, NODE, INK.soft)
    );
  });
  const headings = columns.flatMap((column, at) =>
    headingOf(column, each).map(({ text, face }, line) =>
      words(text, { x: x[at] ?? 0, y: top + 34 + line * LINE, middle: true }, face, face.bold ? INK.text : INK.soft),
    ),
  );
  const lines = columns.map(({ is }, at) =>
    element('path', {
      d: `M${x[at]} ${top + head}V${bottom}`,
      stroke: INK.line,
      'stroke-width': is === 'point' ? 2 : 1.2,
    }),
  );
  const blind = columns.flatMap((column, at) =>
    column.blind ? [question({ x: x[at] ?? 0, y: top + head - 8 }, 7)] : [],
  );
  return [...boxes, ...lines, ...headings, ...blind].join('');
}

function called(name: string, room: number): string {
  const whole = plain(`node ${name}`);
  return widthOf(whole, NODE) <= room ? whole : fitted(name, NODE, room);
}

/** Neighbouring columns of one node; a lone sender is no box. */
function nodesOf(columns: readonly Column[]): { name: string; first: number; last: number }[] {
  const boxes: { name: string; first: number; last: number; watched: boolean }[] = [];
  for (const [at, { node, is }] of columns.entries()) {
    const box = boxes.at(-1);
    if (node === null) continue;
    if (box !== undefined && box.name === node && box.last === at - 1) {
      box.last = at;
      box.watched ||= is === 'point';
    } else boxes.push({ name: node, first: at, last: at, watched: is === 'point' });
  }
  return boxes.filter(({ watched }) => watched);
}

function headingOf({ name, detail }: Column, each: number): readonly { readonly text: string; readonly face: Face }[] {
  const room = each - 6;
  const named = onTwoLines(name, NAME, room).map((text) => ({ text, face: NAME }));
  const detailed = detail.map(plain).flatMap((text) => {
    const face = sized(text, false, room, DETAILS);
    return onTwoLines(text, face, room).map((line) => ({ text: line, face }));
  });
  return [...named, ...detailed];
}
