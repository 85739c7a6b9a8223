import { INK } from './ink.ts';
import { element, rounded, words } from './svg.ts';

/** Where something stands, and one shape for each meaning, so that hue is never needed. */
interface At {
  readonly x: number;
  readonly y: number;
}

const RADIUS = 9;

/** Seen here. */
export function dot({ x, y }: At, ink: string): string {
  return element('circle', { cx: x, cy: y, r: 5, fill: ink, stroke: INK.card, 'stroke-width': 1.5 });
}

/** Looked for here, and not there. */
export function cross({ x, y }: At, radius = RADIUS): string {
  const arm = radius * 0.42;
  const path = `M${p(x - arm)} ${p(y - arm)}L${p(x + arm)} ${p(y + arm)}M${p(x + arm)} ${p(y - arm)}L${p(x - arm)} ${p(y + arm)}`;
  return disc({ x, y }, INK.missing, radius) + stroke(path, radius * 0.3);
}

/** Nobody can tell. */
export function question({ x, y }: At, radius = RADIUS): string {
  const size = radius * 1.5;
  return (
    disc({ x, y }, INK.unknown, radius) +
    words('?', { x, y: y + size * 0.36, middle: true }, { size, bold: true }, INK.card)
  );
}

/** All is well. */
export function tick({ x, y }: At, radius = RADIUS): string {
  const path = `M${p(x - radius * 0.45)} ${p(y)}L${p(x - radius * 0.1)} ${p(y + radius * 0.38)}L${p(x + radius * 0.48)} ${p(y - radius * 0.36)}`;
  return disc({ x, y }, INK.answer, radius) + stroke(path, radius * 0.26);
}

/** The head of an arrow whose point is at `x`. */
export function head({ x, y }: At, right: boolean, ink: string): string {
  const back = right ? x - 11 : x + 11;
  return element('path', { d: `M${p(x)} ${p(y)}L${p(back)} ${p(y - 6)}L${p(back)} ${p(y + 6)}Z`, fill: ink });
}

function disc({ x, y }: At, fill: string, radius: number): string {
  return element('circle', { cx: x, cy: y, r: radius, fill, stroke: INK.card, 'stroke-width': 1.5 });
}

function stroke(path: string, width: number): string {
  return element('path', {
    d: path,
    fill: 'none',
    stroke: INK.card,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
}

const p = rounded;
