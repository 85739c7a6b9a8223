import type { PlanStep } from '../../../model/index.ts';
import { inert } from './clean.ts';

/** The exact argv as one line that a shell would read the same way; hidden characters are written out. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quoted).join(' ');
}

/** One line for each step, with the node in front where it is not `node`. */
export function commandLines(steps: readonly PlanStep[], node: string): string {
  return steps
    .map((step) => `${step.node === node ? '' : `${inert(step.node)}: `}${commandLine(step.argv)}`)
    .join('\n');
}

function quoted(word: string): string {
  const shown = inert(word);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}
