import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Body } from '../contract/kubernetes-writes.ts';
import { must } from '../lab/command.ts';

/** Where the binaries are, by the convention of envtest; or the sentence why there is nothing to run. */
export function realBinaries(): { apiServer: string; etcd: string } | string {
  const { KUBE_APISERVER_BIN: apiServer, ETCD_BIN: etcd } = process.env;
  if (apiServer === undefined || etcd === undefined) return 'KUBE_APISERVER_BIN and ETCD_BIN are not set';
  return { apiServer, etcd };
}

/** A real API server on loopback with an etcd of its own, and nothing that acts on what it holds. */
export interface RealApiServer {
  /** Any request; `type` is the content type, JSON unless told. */
  ask(method: string, path: string, sent?: { body?: unknown; text?: string; type?: string }): Promise<Answered>;
  /** Ends both processes and removes their files. */
  end(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver, with all their files below `root`, and resolves when they are ready. Rejects with the end of their
 * logs when one of them ends, or after a minute.
 */
export async function startRealApiServer(
  binaries: { apiServer: string; etcd: string },
  root: string = tmpdir(),
): Promise<RealApiServer> {
  const directory = mkdtempSync(join(root, 'netdiag-apiserver-'));
  const [client, peer, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const token = randomBytes(24).toString('base64url');
  const children: ChildProcess[] = [];
  const end = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const key = join(directory, 'service-account.key');
    const pub = join(directory, 'service-account.pub');
    await must(['openssl', 'genrsa', '-out', key, '2048']);
    await must(['openssl', 'rsa', '-in', key, '-pubout', '-out', pub]);
    writeFileSync(join(directory, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
    const start = (program: string, args: readonly string[], log: string) => {
      const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => writeFileSync(join(directory, log), chunk, { flag: 'a' }));
      child.once('error', (error) => writeFileSync(join(directory, log), `${error.message}\n`, { flag: 'a' }));
      children.push(child);
    };
    const etcdUrl = `http://127.0.0.1:${client}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    start(
      binaries.etcd,
      [
        ['--data-dir', join(directory, 'etcd')],
        ['--listen-client-urls', etcdUrl, '--advertise-client-urls', etcdUrl],
        ['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ['--initial-cluster', `default=${peerUrl}`, '--unsafe-no-fsync'],
      ].flat(),
      'etcd.log',
    );
    start(
      binaries.apiServer,
      [
        `--etcd-servers=${etcdUrl}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--cert-dir=${join(directory, 'certificates')}`,
        `--token-auth-file=${join(directory, 'tokens.csv')}`,
        '--authorization-mode=RBAC',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${pub}`,
        `--service-account-signing-key-file=${key}`,
        '--service-cluster-ip-range=10.100.0.0/16',
        '--allow-privileged=true',
        '--disable-admission-plugins=ServiceAccount',
      ],
      'kube-apiserver.log',
    );
    const ask = asking(port, token);
    await ready(ask, children, directory);
    return { ask, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What the server makes by itself after its start, and what pods of kube-system need. */
const bootstrapped = [
  '/api/v1/namespaces/kube-system',
  '/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical',
];

/** Zero while nobody answers. */
function codeOf(ask: RealApiServer['ask'], path: string): Promise<number> {
  return ask('GET', path).then(
    ({ code }) => code,
    () => 0,
  );
}

async function ready(ask: RealApiServer['ask'], children: readonly ChildProcess[], directory: string): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    const codes = await Promise.all(bootstrapped.map((path) => codeOf(ask, path)));
    if (codes.every((code) => code === 200)) return;
    if (children.some((child) => child.exitCode !== null)) break;
    await pause(250);
  }
  const logs = ['etcd.log', 'kube-apiserver.log'].map((log) => `${log}: ${lastLines(join(directory, log))}`);
  throw new Error(`the API server did not get ready; ${logs.join('; ')}`);
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-4).join(' | ');
  } catch {
    return 'nothing';
  }
}

/** Its certificate is its own: this is a server that we started ourselves, on loopback. */
function asking(port: number, token: string): RealApiServer['ask'] {
  return (method, path, { body, text = body === undefined ? '' : JSON.stringify(body), type } = {}) =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.from(text);
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': type ?? 'application/json',
        'content-length': bytes.length,
      };
      const options = { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false, agent: false };
      const call = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const said = Buffer.concat(chunks).toString();
          const warning = [response.headers['warning'] ?? []].flat().join(', ');
          resolve({ code: response.statusCode ?? 0, body: parsed(said), warning });
        });
      });
      call.setTimeout(20_000, () => call.destroy(new Error(`${method} ${path} was not answered within 20 s`)));
      call.on('error', reject);
      call.end(bytes);
    });
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { message: text };
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
