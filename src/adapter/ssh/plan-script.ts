import type { ChangeRequest, NodeRun } from '../../model/index.ts';
import { quoteArgv, quoteWord } from './quote.ts';

/**
 * The plan's own part of the scripts: its commands as three shell functions. Every word is quoted; nothing of the request is
 * read as shell text. Throws TypeError for words that no command line can carry, and for more input than a command may have.
 */
export function planScript(request: ChangeRequest): string {
  const preconditions = request.preconditions.map(
    ({ argv, stdout }, index) => `require ${index + 1} ${label(argv)} ${quoteWord(stdout)} ${quoteArgv(argv)}`,
  );
  const steps = request.apply.map((run, index) => `step ${index + 1} ${words(run)}`);
  const undos = request.undo.map((run, index) => `undo ${index + 1} ${words(run)}`);
  return [
    `lasting=${lasting(request) ? 1 : 0}`,
    `rollback_seconds=${Math.max(1, Math.ceil(request.rollbackSeconds))}`,
    `preconditions() {\n${[...preconditions, 'true'].join(' &&\n')}\n}`,
    `steps() {\n${[...steps, 'true'].join(' &&\n')}\n}`,
    `undos() {\n${[...undos, 'true'].join('\n')}\n}`,
    '',
  ].join('\n');
}

/** Whether a restart of the node leaves something of it: what reads an input writes a file. */
function lasting({ apply, undo }: ChangeRequest): boolean {
  return [...apply, ...undo].some(({ stdin }) => stdin !== undefined && stdin !== '');
}

/** A file that a plan writes is a page of settings; what is larger is none. */
const mostInput = 65_536;

/** Label, input and argv of one command. */
function words({ argv, stdin = '' }: NodeRun): string {
  if (Buffer.byteLength(stdin) > mostInput) {
    throw new TypeError(`a command cannot read more than ${mostInput} bytes`);
  }
  return `${label(argv)} ${quoteWord(stdin)} ${quoteArgv(argv)}`;
}

/** How a command is named in a sentence. */
function label(argv: readonly string[]): string {
  return quoteWord(`\`${argv.join(' ').slice(0, 160)}\``);
}
