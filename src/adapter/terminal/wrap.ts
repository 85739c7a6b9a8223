import { cells, cellsOf } from './inert.ts';
import type { Line, Piece } from './piece.ts';

/**
 * Breaks a line at spaces so that each part fits into `width` columns; a longer word is cut. Spaces inside stay as
 * they are. `hang` goes in front of every part but the first and counts into the width.
 */
export function wrap(line: Line, width: number, hang: Line = []): readonly Line[] {
  const indent = columns(hang);
  const room = Math.max(width, indent + 8);
  const parts: Line[] = [];
  let part: Piece[] = [];
  let used = 0;
  let started = false;
  const next = (): void => {
    parts.push(part);
    part = [...hang];
    used = indent;
    started = false;
  };
  for (const { text, style } of line) {
    for (const word of text.split(/( +)/)) {
      const space = word.trim() === '';
      if (used + cells(word) <= room) {
        if (word === '' || (space && !started && parts.length > 0)) continue;
        part.push({ text: word, style });
        used += cells(word);
        started ||= !space;
        continue;
      }
      if (started) next();
      if (space) continue;
      for (const chunk of chunks(word, room - indent)) {
        if (used + cells(chunk) > room) next();
        part.push({ text: chunk, style });
        used += cells(chunk);
        started = true;
      }
    }
  }
  parts.push(part);
  return parts.map(merged);
}

/** Columns that a line takes. */
export function columns(line: Line): number {
  return line.reduce((sum, piece) => sum + cells(piece.text), 0);
}

/** Cuts a line at `width` columns; `…` says that something is missing. */
export function cut(line: Line, width: number): Line {
  if (columns(line) <= width) return line;
  const kept: Piece[] = [];
  let room = width - 1;
  for (const { text, style } of line) {
    const part = chunks(text, room)[0] ?? '';
    if (part !== '') kept.push({ text: part, style });
    room -= cells(part);
    if (part !== text) break;
  }
  return [...kept, { text: '…', style: 'dim' }];
}

function chunks(word: string, width: number): readonly string[] {
  const all: string[] = [];
  let chunk = '';
  let used = 0;
  for (const character of word) {
    const takes = cellsOf(character);
    if (used + takes > width) {
      all.push(chunk);
      chunk = '';
      used = 0;
    }
    chunk += character;
    used += takes;
  }
  return [...all, chunk];
}

/** Neighbours of one style as one piece. */
function merged(line: Line): Line {
  const pieces: Piece[] = [];
  for (const piece of line) {
    const last = pieces.at(-1);
    if (last?.style === piece.style) pieces[pieces.length - 1] = { text: last.text + piece.text, style: last.style };
    else pieces.push(piece);
  }
  return pieces;
}
