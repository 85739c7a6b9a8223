import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTool } from './available.ts';
import { makeKeyPair } from './keys.ts';
import { endPids } from './pid-file.ts';
import { sshdConfig } from './sshd-config.ts';

/** A real sshd on 127.0.0.1 of this machine. Whoever logs in with the key is root here: for tests only. */
export interface LoopbackSshd {
  address: string;
  port: number;
  user: string;
  privateKeyFile: string;
  knownHostsFile: string;
  /** Public host key, `ssh-ed25519 AAAA…`, and its `SHA256:…` fingerprint. */
  hostKey: string;
  fingerprint: string;
  /** Pid of the listening sshd, for tests that stop or kill it. */
  pid: number;
  /** Everything sshd has said so far (LogLevel VERBOSE). */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts sshd on a free loopback port with keys of its own. `sshdConfig` lines come first and so win over ours
 * (sshd_config(5): the first value obtained is used). Needs root, because sshd wants it.
 */
export async function startLoopbackSshd(options: { sshdConfig?: readonly string[] } = {}): Promise<LoopbackSshd> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-sshd-'));
  try {
    return await listen(directory, options.sshdConfig ?? []);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

async function listen(directory: string, extra: readonly string[]): Promise<LoopbackSshd> {
  const sshd = findTool('sshd');
  if (sshd === null) throw new Error('sshd is not installed (Debian: apt-get install openssh-server)');
  const [hostKey, userKey, port] = await Promise.all([
    makeKeyPair(join(directory, 'host_key'), 'host'),
    makeKeyPair(join(directory, 'id_ed25519'), 'netdiag'),
    freePort(),
  ]);
  const pidFile = join(directory, 'sshd.pid');
  const authorized = join(directory, 'authorized_keys');
  writeFileSync(authorized, `${userKey.line}\n`, { mode: 0o600 });
  const own = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey.file}`,
    `PidFile ${pidFile}`,
    `AuthorizedKeysFile ${authorized}`,
    'StrictModes no',
    'LogLevel VERBOSE',
  ];
  const configFile = join(directory, 'sshd_config');
  writeFileSync(configFile, withoutRepeated([...extra, ...own], sshdConfig()));
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const logFile = join(directory, 'log');
  const log = openSync(logFile, 'a');
  // Without us it has no purpose: the kernel kills it when our thread ends, however that happens.
  const argv = ['--pdeathsig', 'KILL', '--', sshd, '-D', '-e', '-f', configFile];
  const child = spawn('setpriv', argv, { stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', () => undefined);
  while (!existsSync(pidFile)) {
    if (child.exitCode !== null || child.pid === undefined)
      throw new Error(`sshd did not start: ${readFileSync(logFile, 'utf8')}`);
    await pause(5);
  }
  const knownHostsFile = join(directory, 'known_hosts');
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.line}\n`);
  const pid = child.pid;
  if (pid === undefined) throw new Error('sshd has no pid');
  return {
    address: '127.0.0.1',
    port,
    user: 'root',
    privateKeyFile: userKey.file,
    knownHostsFile,
    hostKey: hostKey.line,
    fingerprint: hostKey.fingerprint,
    pid,
    log: () => readFileSync(logFile, 'utf8'),
    async stop() {
      await endPids([...sessionsOf(pid), pid]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** HostKey lines add up instead of overriding each other, so ours must not follow. */
function withoutRepeated(lines: readonly string[], rest: string): string {
  return [...lines, ...rest.split('\n').filter((line) => !/^(HostKey|PidFile|AuthorizedKeysFile) /.test(line))].join(
    '\n',
  );
}

function sessionsOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...sessionsOf(child)]);
  } catch {
    return [];
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no loopback port is free'));
        else resolve(address.port);
      });
    });
  });
}
