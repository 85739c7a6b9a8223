import { type Line, say } from './piece.ts';
import { columns, cut, wrap } from './wrap.ts';

/** A line of text behind a sign, its continuations under its text. */
export function behind(sign: Line, text: Line, width: number): readonly Line[] {
  return wrap([...sign, ...text], width, [say(' '.repeat(columns(sign)))]);
}

/** A heading with indented lines below; nothing where there are none. */
export function section(heading: string, lines: readonly Line[], width: number): readonly Line[] {
  if (lines.length === 0) return [];
  return [[], ...wrap([say(heading, 'strong')], width), ...lines.flatMap((line) => behind([say('  ')], line, width))];
}

/** Two texts side by side; `null` leaves its side empty. */
export function beside(left: Line, right: Line | null, width: number): readonly Line[] {
  const half = Math.floor((width - 7) / 2);
  const lefts = wrap(left, half);
  const rights = right === null ? [] : wrap(right, half);
  return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, at) => {
    const one = cut(lefts[at] ?? [], half);
    const gap = say(' '.repeat(half - columns(one)));
    return [say('  '), ...one, gap, say('  │ ', 'dim'), ...cut(rights[at] ?? [], half)];
  });
}
