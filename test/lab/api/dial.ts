import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What came of asking a kubelet: its answer, or the error text that Go's dialer would have given. */
export type Dialled = { ok: true; code: number; type: string; body: Buffer } | { ok: false; error: string };

const goErrors: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
};

/**
 * Asks the kubelet at address:port over a real TCP connection of this namespace. The kubelet's certificate is not verified, as
 * by an API server without --kubelet-certificate-authority. Times out after `timeoutMs` while connecting, 10 s while in TLS
 * (Go's TLSHandshakeTimeout), 60 s while waiting for the answer.
 */
export async function askKubelet(address: string, port: number, path: string, timeoutMs: number): Promise<Dialled> {
  const where = `${address}:${port}`;
  const dialled = await dial(address, port, timeoutMs);
  if (typeof dialled === 'string') return { ok: false, error: `dial tcp ${where}: ${dialled}` };
  return new Promise((resolve) => {
    const secure = connectTls({ socket: dialled, rejectUnauthorized: false });
    const handshake = setTimeout(() => secure.destroy(new Error('net/http: TLS handshake timeout')), 10_000);
    secure.once('secureConnect', () => clearTimeout(handshake));
    const ask = request({ host: address, port, path, createConnection: () => secure }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? 'text/plain; charset=utf-8';
        resolve({ ok: true, code: response.statusCode ?? 500, type, body: Buffer.concat(chunks) });
      });
    });
    ask.setTimeout(60_000, () => ask.destroy(new Error('net/http: timeout awaiting response headers')));
    ask.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(handshake);
      dialled.destroy();
      const reset = error.code === 'ECONNRESET';
      resolve({ ok: false, error: reset ? `read tcp ${where}: read: connection reset by peer` : error.message });
    });
    ask.end();
  });
}

function dial(address: string, port: number, timeoutMs: number): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const deadline = setTimeout(() => {
      socket.destroy();
      resolve('i/o timeout');
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(deadline);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(deadline);
      resolve(error.code === 'ETIMEDOUT' ? 'i/o timeout' : (goErrors[error.code ?? ''] ?? error.message));
    });
  });
}
