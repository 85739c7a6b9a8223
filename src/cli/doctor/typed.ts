import { quoteWord } from '../../adapter/ssh/index.ts';

/** A command as a person types it: words in quotes only where a shell would take them apart. */
export function typed(argv: readonly string[]): string {
  return argv.map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : quoteWord(word.toWellFormed()))).join(' ');
}
