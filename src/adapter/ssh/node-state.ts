import type { Output, Reading } from '../../model/index.ts';
import type { Command } from '../../port.ts';
import { script } from './script.ts';

const program = `${['environment', 'node-state'].map(script).join('')}node_state`;

/**
 * The node state that a rollback must restore, line by line, read with the ledger's own script: equal lines, equal state.
 * A gap where the node did not answer, or where its state is longer than one answer may be.
 */
export async function askNodeState(
  run: (commands: readonly Command[]) => Promise<readonly Output[]>,
  gated: boolean,
): Promise<Reading<readonly string[]>> {
  const argv: Command['argv'] = gated ? ['netdiag', 'node-state'] : ['sh', '-c', program, 'netdiag'];
  const output = (await run([{ argv, deadlineMs: 60_000 }]))[0];
  const unknown = (gap: Extract<Reading<never>, { known: false }>['gap'], detail: string) =>
    ({ known: false, gap, detail }) as const;
  if (output === undefined) return unknown('unreachable', 'the node did not answer');
  if (output.gap !== undefined) return unknown(output.gap, 'the node state could not be read');
  if (output.timedOut) return unknown('timed-out', 'the node did not tell its state within 60 s');
  if (output.truncated) return unknown('truncated', 'the node state is longer than one answer may be');
  if (output.exit !== 0) return unknown('unparsable', `reading the node state ended with status ${output.exit}`);
  return { known: true, value: new TextDecoder().decode(output.stdout).replace(/\n$/, '').split('\n') };
}
