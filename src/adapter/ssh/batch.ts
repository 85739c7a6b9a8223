import type { Command } from '../../port.ts';
import { quoteArgv, quoteBytes } from './quote.ts';
import { script } from './script.ts';

const prelude = ['environment', 'batch'].map(script).join('');

/** Longest program that goes on the command line: Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), quoting included. */
const longestArgument = 90_000;

/** A list of commands as one program for a POSIX shell. */
export interface Batch {
  /** The shell program itself. */
  readonly program: string;
  /** What sshd is asked to execute. */
  readonly command: string;
  /** Bytes for the program's stdin; `null` where the command line holds everything. */
  readonly input: string | null;
  /** Seconds that the node allows for the whole list. */
  readonly budget: number;
}

/** Node-side deadline of a command in whole seconds, because busybox's timeout takes nothing finer. */
export function seconds(command: Command): number {
  return Math.max(1, Math.ceil((command.deadlineMs ?? 10_000) / 1000));
}

/**
 * All commands together get the sum of their deadlines, but not more than a minute or the longest single deadline: on a node
 * where everything hangs, a person should not wait for thirty deadlines in a row.
 */
export function budgetOf(commands: readonly Command[]): number {
  const deadlines = commands.map(seconds);
  return Math.min(
    deadlines.reduce((sum, one) => sum + one, 0),
    Math.max(60, ...deadlines),
  );
}

/**
 * Builds the program. Throws TypeError for an argv that no command line can carry.
 */
export function batch(commands: readonly Command[], nonce: string, user: string): Batch {
  const budget = budgetOf(commands);
  const lines = commands.map((command, index) => {
    const as = user !== 'root' && command.privileged !== false ? 'root' : 'self';
    const ask = `ask ${index} ${seconds(command)} ${as} ${quoteArgv(command.argv)}\n`;
    return command.stdin === undefined ? ask : `give ${quoteBytes(command.stdin)}\n${ask}`;
  });
  const program = `${prelude}open_batch ${nonce} ${budget}\n${lines.join('')}flush\n`;
  const command = `exec sh -c ${quoteArgv([program])}`;
  return Buffer.byteLength(command) <= longestArgument
    ? { program, command, input: null, budget }
    : { program, command: 'exec sh -s', input: program, budget };
}
