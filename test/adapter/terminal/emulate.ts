const SEQUENCE = new RegExp(String.raw`\x1b\[(\d*)([A-Za-z])|[\s\S]`, 'gu');

/** What a terminal shows after these bytes, line by line; knows newline, carriage return, cursor up and erase below. */
export function emulate(bytes: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [part, count, verb] of bytes.matchAll(SEQUENCE)) {
    if (verb !== undefined) {
      if (verb === 'A') row -= Number(count);
      else if (verb === 'J' && count === '0') {
        lines.length = row + 1;
        lines[row] = (lines[row] ?? '').slice(0, column);
      } else throw new Error(`the terminal was sent ${JSON.stringify(part)}`);
      if (row < 0) throw new Error('the cursor left the screen');
    } else if (part === '\n') {
      row += 1;
      column = 0;
      lines[row] ??= '';
    } else if (part === '\r') column = 0;
    else {
      lines[row] = (lines[row] ?? '').slice(0, column) + part;
      column += part.length;
    }
  }
  return lines.map((line) => line.trimEnd());
}
