import { readFileSync } from 'node:fs';
import { compileFilter } from '../../../src/capture/filter.ts';
import { knownHosts, sshNodeShell, type SshNodeShell, type SshOptions } from '../../../src/adapter/ssh/index.ts';
import type { NodeSession, NodeTarget } from '../../../src/port.ts';
import { startLoopbackSshd, type LoopbackSshd } from '../../lab/index.ts';
import { realClock } from './real-clock.ts';

/** A real sshd on loopback and a shell that trusts it. */
export interface Loopback {
  readonly sshd: LoopbackSshd;
  readonly shell: SshNodeShell;
  readonly target: NodeTarget;
  /** A session on it; the test fails where there is none. */
  session(target?: NodeTarget): Promise<NodeSession>;
  stop(): Promise<void>;
}

export async function startLoopback(
  given: { sshdConfig?: readonly string[]; ssh?: Partial<SshOptions> } = {},
): Promise<Loopback> {
  const sshd = await startLoopbackSshd(given.sshdConfig === undefined ? {} : { sshdConfig: given.sshdConfig });
  const shell = sshNodeShell({
    user: 'root',
    privateKey: readFileSync(sshd.privateKeyFile),
    hostKeys: knownHosts(readFileSync(sshd.knownHostsFile, 'utf8')),
    port: sshd.port,
    clock: realClock,
    compileFilter,
    ...given.ssh,
  });
  const target: NodeTarget = { name: 'loop', addresses: [{ address: sshd.address, from: 'configured' }] };
  return {
    sshd,
    shell,
    target,
    session: (to = target) => sessionOf(shell, to),
    async stop() {
      await shell.closeAll();
      await sshd.stop();
    },
  };
}

/** Opens or fails with the sentence. */
export async function sessionOf(shell: SshNodeShell, target: NodeTarget): Promise<NodeSession> {
  const reached = await shell.open(target);
  if (!reached.reached) throw new Error(reached.sentence);
  return reached.session;
}

export function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
