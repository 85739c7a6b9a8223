import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { kubernetesCluster } from '../../../src/adapter/kubernetes/index.ts';
import { recogniseCni } from '../../../src/cni/index.ts';
import { type Clock, type Cluster, ClusterError } from '../../../src/port.ts';

export const SERVER = 'https://api.netdiag.test:6443';
export const JSON_TYPE = { 'content-type': 'application/json' };

/** A recorded response's body, exactly as it was. */
export function recorded(name: string): string {
  return readFileSync(new URL(`../../fixture/kubernetes/${name}`, import.meta.url), 'utf8');
}

/** A kubeconfig in a directory of its own, gone after the test. */
export function kubeconfig(
  settings: { server?: string; cluster?: object; user?: object; context?: string } = {},
): string {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-kubeconfig-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'config');
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': settings.context ?? 'practice',
      clusters: [{ name: 'practice', cluster: { server: settings.server ?? SERVER, ...settings.cluster } }],
      users: [{ name: 'reader', user: settings.user ?? { token: 'sesame-token' } }],
      contexts: [{ name: 'practice', context: { cluster: 'practice', user: 'reader' } }],
    }),
  );
  return path;
}

/** The system's clock; it remembers every pause and every deadline, and cuts them short as told. */
export function patientClock(
  longest: { readonly pause?: number; readonly deadline?: number } = {},
): Clock & { readonly pauses: number[]; readonly deadlines: number[] } {
  const pauses: number[] = [];
  const deadlines: number[] = [];
  return {
    pauses,
    deadlines,
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      if (signal === undefined) {
        pauses.push(ms);
        await wait(Math.min(ms, longest.pause ?? ms));
      } else {
        deadlines.push(ms);
        await wait(Math.min(ms, longest.deadline ?? ms), undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

/** Lets a server listen on loopback until the test ends; then its connections are broken too. Gives its port. */
export async function loopback(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

/** The adapter against `SERVER`, where only nock answers. */
export function cluster(settings: { path?: string; clock?: Clock; context?: string } = {}): Cluster {
  return kubernetesCluster({
    name: 'practice',
    kubeconfig: settings.path ?? kubeconfig(),
    clock: settings.clock ?? patientClock(),
    recogniseCni,
    ...(settings.context === undefined ? {} : { context: settings.context }),
  });
}

/** A server that speaks HTTP/2 over TLS, as API servers do, with the fixture's certificate for 127.0.0.1. */
export function tlsServer(
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Http2SecureServer & { readonly connections: () => number } {
  let connections = 0;
  const server = createSecureServer({ key: recorded('loopback.key'), cert: recorded('loopback.crt') }, answer);
  server.on('secureConnection', () => {
    connections += 1;
  });
  return Object.assign(server, { connections: () => connections });
}

/** A kubeconfig for a server on loopback that speaks plain HTTP. */
export function plainKubeconfig(port: number): string {
  return kubeconfig({ server: `http://127.0.0.1:${port}`, cluster: { 'insecure-skip-tls-verify': true } });
}

/** What a question fails with; anything but a ClusterError of one clean line is the test's failure. */
export async function failure(question: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await question.then(
    () => 'an answer',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClusterError)) throw new Error(`expected a ClusterError, got ${String(error)}`);
  expect(error.message).toMatch(/^I could not [^\n]{20,500}\.$/);
  expect(error.message).not.toMatch(/sesame|authorization|headers|\[object|undefined|audit-id/i);
  return error;
}
