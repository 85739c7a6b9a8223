import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home whose secrets are pipes: whoever opens one to read it hangs, and is seen. */
export interface TrappedHome extends Disposable {
  readonly env: { readonly HOME: string; readonly KUBECONFIG: string };
  /** The pipes that somebody holds open to read. */
  touched(): string[];
}

const SECRETS = [
  '.kube/config',
  '.ssh/config',
  '.ssh/known_hosts',
  '.ssh/id_ed25519',
  '.ssh/id_ecdsa',
  '.ssh/id_rsa',
  'kubeconfig',
];

/** Sets the traps: kubeconfigs and SSH keys where this user's would be. */
export function trappedHome(): TrappedHome {
  const home = mkdtempSync(join(tmpdir(), 'netdiag-home-'));
  for (const directory of ['.kube', '.ssh']) mkdirSync(join(home, directory));
  const traps = SECRETS.map((path) => join(home, path));
  execFileSync('mkfifo', traps);
  return {
    env: { HOME: home, KUBECONFIG: join(home, 'kubeconfig') },
    touched: () => traps.filter(hasReader).map((path) => path.slice(home.length + 1)),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Opening a pipe to write without waiting fails with ENXIO as long as nobody reads: https://man7.org/linux/man-pages/man7/fifo.7.html */
function hasReader(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false;
    throw error;
  }
}
