import { spawn } from 'node:child_process';
import type { Lab } from './lab-handle.ts';

/** A tcpdump that is listening. */
export interface Watch {
  /** Ends it and resolves with its lines, one per packet. */
  end(): Promise<string[]>;
}

/** Starts tcpdump on an interface of a node and resolves once it listens. The filter is for tests: trusted text. */
export async function watch(lab: Lab, node: string, ifname: string, filter: string): Promise<Watch> {
  // In the foreground: of its own accord `timeout` would leave our process group.
  const tcpdump = [
    'timeout',
    '--foreground',
    '20',
    'tcpdump',
    '-n',
    '-p',
    '--immediate-mode',
    '-l',
    '-i',
    ifname,
    '--',
    filter,
  ];
  const [program = '', ...rest] = lab.enter(node, tcpdump);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('listening on')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`tcpdump on ${ifname} of ${node} ended: ${said}`)));
  });
  return {
    async end() {
      await quiet(() => chunks.length);
      // The group, because nsenter does not pass signals on to what it started.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      await ended;
      return Buffer.concat(chunks).toString().split('\n').filter(Boolean);
    },
  };
}

/** Resolves when a quarter of a second has passed without more: on a busy machine tcpdump prints what it has seen late. */
async function quiet(soFar: () => number): Promise<void> {
  for (let before = -1; before !== soFar();) {
    before = soFar();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A counter of the node's kernel, by the name nstat uses (`TcpExtIPReversePathFilter`); throws when there is none. */
export async function counter(lab: Lab, node: string, name: string): Promise<number> {
  const ran = await lab.exec(node, ['cat', '/proc/net/netstat', '/proc/net/snmp']);
  const lines = ran.stdout.split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [group = '', ...names] = (lines[index] ?? '').split(' ');
    const values = (lines[index + 1] ?? '').split(' ').slice(1);
    const at = names.findIndex((each) => `${group.replace(':', '')}${each}` === name);
    if (at !== -1) return Number(values[at]);
  }
  throw new Error(`the kernel of ${node} has no counter ${name}`);
}
