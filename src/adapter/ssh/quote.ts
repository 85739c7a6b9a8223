/**
 * One word for a POSIX shell, in single quotes: inside them every byte stands for itself
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02).
 * Throws TypeError for what no argv can carry: NUL, and half a surrogate pair, which has no UTF-8 form.
 */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new TypeError('a command cannot carry a NUL character');
  if (!word.isWellFormed()) throw new TypeError('a command cannot carry half a surrogate pair');
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** argv as shell words. Throws TypeError when there is no word, or when the first could be taken for an option. */
export function quoteArgv(argv: readonly string[]): string {
  const program = argv[0];
  if (program === undefined || program === '') throw new TypeError('a command needs a program');
  if (program.startsWith('-')) throw new TypeError(`a program cannot be called ${JSON.stringify(program)}`);
  return argv.map(quoteWord).join(' ');
}

/**
 * Bytes as the format of `printf`, quoted: printable ASCII as it is, everything else in octal, NUL included. A minus is
 * octal too, because bash takes a format that begins with one for an option.
 */
export function quoteBytes(bytes: Uint8Array): string {
  let format = '';
  for (const byte of bytes) {
    const plain =
      byte === 0x0a ||
      (byte >= 0x20 && byte < 0x7f && byte !== 0x2d && byte !== 0x25 && byte !== 0x27 && byte !== 0x5c);
    format += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `'${format}'`;
}
