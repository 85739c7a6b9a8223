import type { Gap, NodeIdentity } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import type { Connection } from './connection.ts';
import type { Exec } from './exec.ts';
import { greetingIn, type GateRole } from './gate.ts';

/** Two files in one process, because this is asked on every new connection; the forms of the ids tell them apart. */
const question = 'exec timeout 5 cat /etc/machine-id /proc/sys/kernel/random/boot_id';
const patienceMs = 15_000;
/** Bytes that may come before the ids: what a login shell's start files print. */
const longestAnswer = 65_536;

/** Why a login is of no use, as one clause. */
export interface UselessLogin {
  readonly gap: Gap;
  readonly because: string;
}

/**
 * Asks the node who it is: machine id (machine-id(5), 32 hexadecimal digits; `null` when the node has none) and boot id.
 * Without a boot id nothing that the node says later could be told from another boot's, so the login is of no use. Where a gate
 * takes the question it answers with its greeting, which holds the ids too. `role`: what our key is to be for a gate. `gated`: the
 * node has to have a gate; a shell is then refused.
 */
export async function identify(
  connection: Connection,
  clock: Clock,
  { role = 'check', gated = false }: { readonly role?: GateRole; readonly gated?: boolean } = {},
): Promise<NodeIdentity | UselessLogin> {
  const useless = (gap: Gap, because: string): UselessLogin => ({ gap, because: `the login works, but ${because}` });
  let exec: Exec;
  try {
    exec = await connection.exec(question);
  } catch {
    return useless('unreachable', 'the connection was lost right after it');
  }
  const { channel, closed } = exec;
  let said = '';
  const flooded = new AbortController();
  channel.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1');
    if (said.length > longestAnswer) flooded.abort();
  });
  channel.stderr.resume();
  channel.end();
  const over = AbortSignal.any([closed, flooded.signal]);
  await clock.sleep(patienceMs, over);
  if (!closed.aborted) channel.destroy();
  if (flooded.signal.aborted) return useless('unparsable', 'it prints without end');
  if (!closed.aborted) return useless('timed-out', `the node runs nothing within ${patienceMs / 1000} s`);
  if (connection.lost) return useless('unreachable', 'the connection was lost right after it');
  if (exec.exit === 127) return useless('not-installed', 'the node has no timeout command to bound what netdiag runs');
  const lines = said.split(/\r?\n/).map((line) => line.trim());
  const bootId = lines.findLast((line) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(line));
  if (bootId === undefined) return useless('denied', 'it gives no shell to run commands in');
  const greeting = greetingIn(lines);
  if (greeting === null && gated) return useless('denied', 'it gives a shell where a gate has to be');
  if (greeting !== null && greeting.role !== role) {
    return useless('denied', `the gate takes the key for ${greeting.role}, and it has to be the one for ${role}`);
  }
  const machineId = lines.findLast((line) => /^[0-9a-f]{32}$/.test(line)) ?? null;
  const gate = greeting === null ? {} : { gate: greeting.gate };
  return { name: connection.node, machineId, bootId, hostKey: connection.hostKey, ...gate };
}
