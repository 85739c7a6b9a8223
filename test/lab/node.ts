import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startDaemon } from './daemon.ts';
import { makeKeyPair } from './keys.ts';
import { inNamespace } from './namespace.ts';
import { livingPid } from './pid-file.ts';
import { sshdConfig } from './sshd-config.ts';

/** What it takes to start a node in an existing network namespace. */
export interface NodeStart {
  /** Its own directory inside the run directory; made here. */
  directory: string;
  namespace: string;
  hostname: string;
  /** `authorized_keys` line for root and for `ops`. */
  authorizedKey: string;
  etc: Readonly<Record<string, string>>;
  sshd?: readonly string[];
}

export interface StartedNode {
  bootId: string;
  machineId: string;
  /** Public host key as `ssh-ed25519 AAAA…`. */
  hostKey: string;
  fingerprint: string;
}

const initScript = join(import.meta.dirname, 'node-init.sh');

/**
 * Starts a node: own mount, UTS and PID namespace around the given network namespace, a root file system whose every write is
 * private (overlay over the machine's, the upper layer in memory), and a real sshd on port 22 of all its addresses.
 */
export async function startNode(start: NodeStart): Promise<StartedNode> {
  const etc = join(start.directory, 'etc');
  mkdirSync(join(start.directory, 'fs'), { recursive: true });
  mkdirSync(join(etc, 'ssh', 'authorized_keys'), { recursive: true });
  const hostKey = await makeKeyPair(join(etc, 'ssh', 'ssh_host_ed25519_key'), `root@${start.hostname}`);
  const machineId = randomUUID().replaceAll('-', '');
  const bootId = randomUUID();
  writeFileSync(join(start.directory, 'boot_id'), `${bootId}\n`);
  const files: Record<string, string> = {
    'machine-id': `${machineId}\n`,
    hostname: `${start.hostname}\n`,
    hosts: `127.0.0.1 localhost\n127.0.1.1 ${start.hostname}\n`,
    'sysctl.conf': '# net.ipv4.ip_forward=1\n',
    'ssh/sshd_config': sshdConfig(start.sshd),
    'ssh/authorized_keys/root': `${start.authorizedKey}\n`,
    'ssh/authorized_keys/ops': `${start.authorizedKey}\n`,
    'sudoers.d/ops': 'ops ALL=(ALL) NOPASSWD: ALL\n',
    ...start.etc,
  };
  for (const directory of ['sysctl.d', 'NetworkManager', 'netplan', 'network', 'systemd/network', 'sysconfig']) {
    mkdirSync(join(etc, directory), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(etc, dirname(path)), { recursive: true });
    writeFileSync(join(etc, path), text, { mode: path.endsWith('.nmconnection') ? 0o600 : 0o644 });
  }
  const unshare = ['unshare', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--'];
  await startDaemon({
    name: 'node',
    directory: start.directory,
    argv: inNamespace(start.namespace, [...unshare, 'sh', initScript, start.directory, start.hostname]),
  });
  return { bootId, machineId, hostKey: hostKey.line, fingerprint: hostKey.fingerprint };
}

/** Which of a node's namespaces a command enters. Its daemons stay outside the mount namespace: the checkout may be hidden there. */
export type Entry = 'all' | 'without-mounts';

/** argv that runs another argv inside the node whose directory is given. Throws when the node does not live. */
export function inNode(directory: string, argv: readonly string[], entry: Entry = 'all'): string[] {
  const pid = livingPid(join(directory, 'init.pid'));
  if (pid === null) throw new Error(`no node lives in ${directory}: its first process is gone`);
  const which = entry === 'all' ? ['-m', '-u', '-n', '-p'] : ['-u', '-n', '-p'];
  return ['nsenter', '-t', String(pid), ...which, '--', ...argv];
}
