import type { Duplex } from 'node:stream';
import type { Door } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import { DoorClosed } from './closed.ts';
import type { Connection } from './connection.ts';
import { dialTimeoutMs } from './dial.ts';
import { said } from './said.ts';

/** Opens a TCP connection to a door from another node, over that node's SSH connection. Throws DoorClosed. */
export async function tunnel(carrier: Connection, door: Door, clock: Clock, signal: AbortSignal): Promise<Duplex> {
  const forwarded = carrier.forward(door.address, door.port);
  const settled = new AbortController();
  const silence = clock.sleep(dialTimeoutMs, AbortSignal.any([signal, settled.signal])).then(() => null);
  try {
    const first = await Promise.race([forwarded, silence]);
    if (first !== null) return first;
  } catch (error) {
    const why = error instanceof Error ? said(error.message) : 'the jump failed';
    throw new DoorClosed('unreachable', why.replace(/^\(SSH\) Channel open failure: /, ''));
  } finally {
    settled.abort();
  }
  forwarded.then(
    (late) => late.destroy(),
    () => undefined,
  );
  throw new DoorClosed(
    'unreachable',
    signal.aborted ? 'it had not answered when another door opened' : `no answer within ${dialTimeoutMs / 1000} s`,
  );
}
