import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { DoorClosed } from './closed.ts';
import { said } from './said.ts';

/** Milliseconds until a silent address counts as closed. */
export const dialTimeoutMs = 5000;

/** Opens a TCP connection without Nagle's delay, which costs ssh2 a delayed ACK per request. Throws DoorClosed. */
export function dial(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const give = (closed: DoorClosed) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.on('error', () => undefined);
      socket.destroy();
      reject(closed);
    };
    const onAbort = () => give(new DoorClosed('timed-out', 'it had not answered when another door opened'));
    const silent = () => give(new DoorClosed('unreachable', `no answer within ${dialTimeoutMs / 1000} s`));
    const timer = setTimeout(silent, dialTimeoutMs);
    socket.once('error', (error) => give(new DoorClosed('unreachable', because(error, port))));
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Why a connection failed, as one clause. */
export function because(error: Error, port: number): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens on port ${port}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no route to it from here';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name does not resolve';
    case 'ECONNRESET':
      return 'the connection was reset';
    default:
      return said(error.message);
  }
}
