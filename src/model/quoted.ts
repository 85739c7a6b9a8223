/**
 * An argv as a person would paste it into bash: words quoted only where they need it; one with control, hidden or other than
 * ASCII characters becomes `$'…'`, so that the line is always plain and two commands never look equal. For reading, never
 * for running.
 */
export function quoted(argv: readonly string[]): string {
  return argv.map(word).join(' ');
}

function word(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  if (!/[^\x20-\x7e]/.test(text)) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = Array.from(text, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0x20 && point < 0x7f) return character;
    if (point < 0x80) return `\\x${point.toString(16).padStart(2, '0')}`;
    return point <= 0xffff ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`;
  });
  return `$'${escaped.join('')}'`;
}
