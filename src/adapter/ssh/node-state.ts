import type { NodeSession } from '../../port.ts';
import { script } from './script.ts';

/**
 * Reads the node state that a rollback must restore, as text: equal text, equal state. For showing that a diagnosis changed
 * nothing. `null` when the node did not answer.
 */
export async function readNodeState(session: Pick<NodeSession, 'run'>): Promise<string | null> {
  const program = `LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport LC_ALL PATH\n`;
  const argv = ['sh', '-c', `${program}${script('node-state')}node_state`, 'netdiag'] as const;
  const output = (await session.run([{ argv, deadlineMs: 60_000 }]))[0];
  if (output === undefined || output.exit !== 0 || output.truncated) return null;
  return new TextDecoder().decode(output.stdout);
}
