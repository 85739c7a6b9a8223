import type { ChangeRequest } from '../../model/index.ts';
import { quoteArgv, quoteWord } from './quote.ts';

/**
 * The plan's own part of the scripts: its commands as three shell functions. Every word is quoted; nothing of the request is
 * read as shell text. Throws TypeError for words that no command line can carry.
 */
export function planScript(request: ChangeRequest): string {
  const preconditions = request.preconditions.map(
    ({ argv, stdout }, index) => `require ${index + 1} ${label(argv)} ${quoteWord(stdout)} ${quoteArgv(argv)}`,
  );
  const steps = request.apply.map((argv, index) => `step ${index + 1} ${label(argv)} ${quoteArgv(argv)}`);
  const undos = request.undo.map((argv, index) => `undo ${index + 1} ${label(argv)} ${quoteArgv(argv)}`);
  return [
    `rollback_seconds=${Math.max(1, Math.ceil(request.rollbackSeconds))}`,
    `preconditions() {\n${[...preconditions, 'true'].join(' &&\n')}\n}`,
    `steps() {\n${[...steps, 'true'].join(' &&\n')}\n}`,
    `undos() {\n${[...undos, 'true'].join('\n')}\n}`,
    '',
  ].join('\n');
}

/** How a command is named in a sentence. */
function label(argv: readonly string[]): string {
  return quoteWord(`\`${argv.join(' ').slice(0, 160)}\``);
}
