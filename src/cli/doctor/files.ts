import { readFileSync, statSync } from 'node:fs';
import { delimiter } from 'node:path';
import { knownHosts, sshNodeShell } from '../../adapter/ssh/index.ts';
import type { ServeConfig } from '../../config.ts';
import { systemClock } from '../system.ts';
import { type About, count, fault, type Item, ok, unseen, warning } from './item.ts';
import { typed } from './typed.ts';

/** The files that the settings name: what they hold, and who else may read or write them. */
export function fileItems({ ssh, cluster }: ServeConfig): readonly Item[] {
  const kubeconfigs = (cluster.kubeconfig ?? '').split(delimiter).filter((path) => path !== '');
  return [
    secret({ id: 'configuration.ssh-key', title: 'SSH key', of: ssh.privateKeyFile }, ssh.privateKeyFile, 'fault', () =>
      keyHeld(ssh.privateKeyFile, ssh.user),
    ),
    ...(ssh.fixKeyFile === undefined ? [] : [fixKey(ssh.fixKeyFile, ssh.user)]),
    hostKeys(ssh.hostKeys),
    ...kubeconfigs.map((path) =>
      secret({ id: 'configuration.kubeconfig', title: 'kubeconfig', of: path }, path, 'warning', () => null),
    ),
  ];
}

function fixKey(path: string, user: string): Item {
  return secret({ id: 'configuration.fix-key', title: 'key for changes', of: path }, path, 'fault', () =>
    keyHeld(path, user),
  );
}

/** A file that nobody else should read. A secret volume gives it to the group on purpose, owned by somebody else. */
function secret(about: About, path: string, openToAll: 'fault' | 'warning', wrong: () => string | null): Item {
  const found = modeOf(path);
  if (typeof found === 'string') return unseen(about, `${path} ${found}`, `Make it readable for ${who()}.`);
  const { mode, uid } = found;
  const shown = `${path}, mode ${(mode & 0o777).toString(8).padStart(4, '0')}`;
  const mend = typed(['chmod', '600', path]);
  if ((mode & 0o022) !== 0) return fault(about, `${shown}: others may write to it`, `Run ${mend}.`);
  if ((mode & 0o004) !== 0) {
    const says = `${shown}: everybody on this machine may read it`;
    return openToAll === 'fault' ? fault(about, says, `Run ${mend}.`) : warning(about, says, `Run ${mend}.`);
  }
  const because = wrong();
  if (because !== null) return fault(about, because, 'Name a private key without a passphrase in ssh.privateKeyFile.');
  if ((mode & 0o040) !== 0 && uid === process.getuid?.()) {
    return warning(about, `${shown}: the group may read it`, `Run ${mend}.`);
  }
  return ok(about, shown);
}

/** Why the key is of no use, as the adapter says it; `null` when it is. */
function keyHeld(path: string, user: string): string | null {
  try {
    sshNodeShell({
      user,
      privateKey: readFileSync(path),
      hostKeys: { judge: () => ({ trusted: false, because: '' }), types: () => [] },
      port: 22,
      clock: systemClock,
      compileFilter: () => '',
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function hostKeys(keys: ServeConfig['ssh']['hostKeys']): Item {
  const about = { id: 'configuration.host-keys', title: 'host keys' };
  if (keys.from === 'pinned') return ok(about, count(Object.keys(keys.fingerprints).length, 'pinned fingerprint'));
  const { file } = keys;
  const found = modeOf(file);
  if (typeof found === 'string') return unseen(about, `${file} ${found}`, `Make it readable for ${who()}.`);
  try {
    const text = readFileSync(file, 'utf8');
    knownHosts(text);
    const lines = text.split('\n').filter((line) => /^\s*[^#\s]/.test(line)).length;
    if (lines === 0)
      return fault(about, `${file} has no key`, `Run ${gather('ADDRESS', 22, file)} and compare the fingerprints.`);
    if ((found.mode & 0o022) !== 0) {
      return fault(
        about,
        `${file}: others may write to it, and so choose whom netdiag trusts`,
        `Run ${typed(['chmod', '644', file])}.`,
      );
    }
    return ok(about, `${file}, ${count(lines, 'line')}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fault(about, `${file}: ${why}`, 'Correct that line, or delete it.');
  }
}

/** The command that adds a host's key; whoever runs it has to compare what it brought. */
export function gather(address: string, port: number, file: string): string {
  const at = port === 22 ? [] : ['-p', String(port)];
  return `${typed(['ssh-keyscan', ...at, address])} >> ${typed([file])}`;
}

function modeOf(path: string): { readonly mode: number; readonly uid: number } | string {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason';
    return code === 'ENOENT' ? 'does not exist' : `cannot be looked at (${code})`;
  }
}

function who(): string {
  return `user ${process.getuid?.() ?? 'of netdiag'}`;
}
