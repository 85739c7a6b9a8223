import type { Duplex } from 'node:stream';
import { Client, type ParsedKey, type PublicKeyAuthMethod } from 'ssh2';
import { signaturesOf, type SshAlgorithms } from './algorithms.ts';
import { DoorClosed } from './closed.ts';
import { fingerprint, type HostKeys } from './host-keys.ts';
import { said } from './said.ts';

/** What every connection needs to prove who it is and whom it talks to. */
export interface Credentials {
  readonly user: string;
  readonly privateKey: ParsedKey;
  readonly hostKeys: HostKeys;
  readonly algorithms: SshAlgorithms;
}

/** Milliseconds from the TCP connection to a usable session. */
const handshakeTimeoutMs = 10_000;

/**
 * Speaks SSH over an open connection: key exchange, host key, authentication by public key, one attempt. The host key is
 * judged before anything of ours is sent; without a trusted one there is no authentication and no command.
 * Throws DoorClosed; an authentication failure is final, because sshd counts them (PerSourcePenalties).
 */
export function handshake(
  sock: Duplex,
  host: { readonly node: string; readonly address: string; readonly port: number },
  credentials: Credentials,
  signal: AbortSignal,
): Promise<{ readonly client: Client; readonly hostKey: string }> {
  const { user, privateKey, hostKeys, algorithms } = credentials;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let hostKey: string | null = null;
    let refusal: DoorClosed | null = null;
    const settle = () => {
      signal.removeEventListener('abort', onAbort);
      client.removeAllListeners('error').removeAllListeners('close');
    };
    const fail = (closed: DoorClosed) => {
      settle();
      client.on('error', () => undefined);
      client.destroy();
      sock.destroy();
      reject(closed);
    };
    const onAbort = () => fail(new DoorClosed('timed-out', 'it had not answered when another door opened'));
    client.on('error', (error) => fail(refusal ?? whyNot(error, user, hostKey === null)));
    client.on('close', () =>
      fail(refusal ?? new DoorClosed('unreachable', 'it hung up before SSH was ready', { dropped: hostKey === null })),
    );
    client.once('ready', () => {
      settle();
      if (hostKey === null) fail(new DoorClosed('denied', 'its host key was not checked', { final: true }));
      else resolve({ client, hostKey });
    });
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    const known = hostKeys.types(host).flatMap(signaturesOf);
    const { serverHostKey } = algorithms;
    const wanted = serverHostKey.filter((one) => known.includes(one));
    const authentication: PublicKeyAuthMethod = { type: 'publickey', username: user, key: privateKey };
    client.connect({
      sock,
      username: user,
      authHandler: [authentication],
      algorithms: { ...algorithms, serverHostKey: wanted.length > 0 ? wanted : serverHostKey, compress: ['none'] },
      hostVerifier: (key: Buffer) => {
        const verdict = hostKeys.judge(host, key);
        if (verdict.trusted) hostKey = fingerprint(key);
        else refusal = new DoorClosed('denied', verdict.because);
        return verdict.trusted;
      },
      readyTimeout: handshakeTimeoutMs,
      keepaliveInterval: 3000,
      keepaliveCountMax: 4,
    });
  });
}

function whyNot(error: Error & { level?: string }, user: string, dropped: boolean): DoorClosed {
  const words = said(error.message);
  if (error.level === 'client-authentication') {
    return new DoorClosed('denied', `the key was refused for user ${user}`, { final: true });
  }
  if (error.level === 'client-timeout') {
    return new DoorClosed('unreachable', `SSH was not ready within ${handshakeTimeoutMs / 1000} s`);
  }
  if (error.level === 'handshake') return new DoorClosed('unreachable', `no agreement on how to encrypt (${words})`);
  return new DoorClosed('unreachable', `the connection was lost before SSH was ready (${words})`, { dropped });
}
