/** A command as a person would paste it into a POSIX shell: words quoted only where they need it. For reading, never for running. */
export function quoted(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
