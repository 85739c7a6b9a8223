import { type Face, plain } from './letters.ts';

/** The font that `letters` has measured; who draws must have it. */
const FAMILY = 'DejaVu Sans Condensed';

/** Text of an SVG element or attribute; nothing in it can be markup, whoever wrote it. */
export function escaped(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** `<name a="1"/>`, or with what is inside; numbers have one decimal at most, so that equal stories give equal bytes. */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`)
    .join('');
  return inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

/** One line of text; `y` is its baseline. */
export function words(
  text: string,
  at: { readonly x: number; readonly y: number; readonly middle?: boolean },
  face: Face,
  fill: string,
): string {
  return element(
    'text',
    {
      x: at.x,
      y: at.y,
      ...(at.middle === true ? { 'text-anchor': 'middle' } : {}),
      'font-family': FAMILY,
      'font-size': face.size,
      'font-weight': face.bold ? 700 : 400,
      fill,
    },
    escaped(text),
  );
}

export function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
