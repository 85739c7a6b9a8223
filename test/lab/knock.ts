import type { Lab } from './lab-handle.ts';

/** What became of one TCP connection attempt. */
export type Knock = 'open' | 'timed-out' | 'refused';

/**
 * Tries to connect from a node, pod or host of the lab and says what happened within the seconds given. bash opens the
 * connection itself (its /dev/tcp), so nothing needs to be installed; the kernel does the handshake.
 */
export async function knock(lab: Lab, from: string, address: string, port: number, seconds = 2): Promise<Knock> {
  const script = 'exec 3<>"/dev/tcp/$0/$1"';
  const ran = await lab.exec(from, ['timeout', String(seconds), 'bash', '--norc', '-c', script, address, String(port)]);
  if (ran.exit === 0) return 'open';
  return ran.exit === 124 ? 'timed-out' : 'refused';
}

/** How many of `count` echo requests from a node, pod or host were answered. */
export async function echoes(lab: Lab, from: string, address: string, count = 2): Promise<number> {
  const ran = await lab.exec(from, ['ping', '-n', '-q', '-c', String(count), '-i', '0.2', '-W', '1', address]);
  return Number(/(\d+) received/.exec(ran.stdout)?.[1] ?? 0);
}
