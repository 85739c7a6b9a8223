import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFilter } from '../../../src/capture/filter.ts';
import { pinnedHostKeys, sshNodeShell, type SshNodeShell, type SshOptions } from '../../../src/adapter/ssh/index.ts';
import type { NodeSession, NodeTarget } from '../../../src/port.ts';
import { startSshNode, type SshNode } from '../../lab/index.ts';
import { sessionOf } from './loopback.ts';
import { realClock } from './real-clock.ts';

/** A lab node in namespaces of its own, reachable from this process through loopback doors that can be cut. */
export interface LabDoor {
  readonly node: SshNode;
  readonly shell: SshNodeShell;
  /** What the shell was made with. */
  readonly options: SshOptions;
  readonly target: NodeTarget;
  session(target?: NodeTarget): Promise<NodeSession>;
  /** Another way in: a loopback port that leads to this address of the node's network. */
  door(address: string): Promise<number>;
  /** Breaks every open connection at once; new ones are let through. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a node, a relay beside it, and a shell that trusts the node, under its own name and as `jump`. */
export async function startLabDoor(
  user: 'root' | 'ops' = 'root',
  sshdConfig: readonly string[] = [],
): Promise<LabDoor> {
  const node = await startSshNode({ sshdConfig });
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-relay-'));
  const socket = join(directory, 'relay');
  const relay = join(import.meta.dirname, 'relay.ts');
  const argv = [`--net=/run/netns/${node.controllerNs}`, '--', process.execPath, relay, socket];
  const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the relay ended before it listened')));
  });
  const sockets = new Set<Socket>();
  const servers: ReturnType<typeof createServer>[] = [];
  const door = (address: string) =>
    new Promise<number>((resolve) => {
      const server = createServer((near) => {
        const far = connect(socket);
        far.write(`${address} ${node.port}\n`);
        near.pipe(far).pipe(near);
        for (const one of [near, far]) {
          sockets.add(one);
          one
            .on('error', () => undefined)
            .on('close', () => {
              sockets.delete(one);
              near.destroy();
              far.destroy();
            });
        }
      });
      servers.push(server);
      server.listen(0, '127.0.0.1', () => {
        const at = server.address();
        resolve(at !== null && typeof at === 'object' ? at.port : 0);
      });
    });
  const options: SshOptions = {
    user,
    privateKey: readFileSync(node.privateKeyFile),
    hostKeys: pinnedHostKeys({ [node.name]: node.fingerprint, jump: node.fingerprint }),
    port: await door(node.address),
    clock: realClock,
    compileFilter,
  };
  const shell = sshNodeShell(options);
  const target: NodeTarget = { name: node.name, addresses: [{ address: '127.0.0.1', from: 'configured' }] };
  const cut = () => {
    for (const one of sockets) one.destroy();
  };
  return {
    node,
    shell,
    options,
    target,
    session: (to = target) => sessionOf(shell, to),
    door,
    cut,
    async stop() {
      await shell.closeAll();
      cut();
      for (const server of servers) server.close();
      child.stdin.end();
      child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
      await node.stop();
    },
  };
}
