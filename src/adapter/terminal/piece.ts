import type { Rich } from '../../model/index.ts';
import { inert, inertBytes } from './inert.ts';

export type Style = 'plain' | 'strong' | 'code' | 'dim' | 'good' | 'bad' | 'warn';

/** A run of inert text in one style. Made by the functions below only, so that nothing unescaped becomes a piece. */
export interface Piece {
  readonly text: string;
  readonly style: Style;
}
export type Line = readonly Piece[];

/** netdiag's own words, or words it got from elsewhere: either way inert. */
export function say(text: string, style: Style = 'plain'): Piece {
  return { text: inert(text), style };
}

/** Bytes of a node, a cluster or a user. */
export function code(text: string): Piece {
  return { text: inertBytes(text), style: 'code' };
}

/** A message's rich text. */
export function rich(text: Rich): Line {
  return text.map((span) => {
    if ('text' in span) return say(span.text);
    if ('strong' in span) return say(span.strong, 'strong');
    if ('code' in span) return code(span.code);
    return say(`@${span.person.name}`);
  });
}

/** Joins lines into one, with the same text between each two. */
export function joined(lines: readonly Line[], between: string): Line {
  return lines.flatMap((line, at) => (at === 0 ? [...line] : [say(between), ...line]));
}

/** Select Graphic Rendition, ECMA-48 8.3.117. */
const SGR: Readonly<Record<Exclude<Style, 'plain'>, string>> = {
  strong: '1',
  code: '36',
  dim: '2',
  good: '32',
  bad: '31',
  warn: '33',
};

/** A line as the terminal gets it, without spaces at its end. Without colour, styles leave no trace. */
export function paint(line: Line, colour: boolean): string {
  const last = line.findLastIndex((piece) => piece.text.trimEnd() !== '');
  return line
    .slice(0, last + 1)
    .map((piece, at) => {
      const text = at === last ? piece.text.trimEnd() : piece.text;
      return colour && piece.style !== 'plain' ? `\u001b[${SGR[piece.style]}m${text}\u001b[0m` : text;
    })
    .join('');
}
