import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const tools =
  'bash bridge ip ipset iptables-restore nft nsenter openssl ping setpriv ssh ssh-keygen sshd sudo sysctl tcpdump unshare'.split(
    ' ',
  );

/** True when this machine can hold a lab, otherwise the reason in one sentence, to be shown beside the skipped tests. */
export function labAvailable(): true | string {
  if (process.platform !== 'linux') return `the lab needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'the lab needs root: it makes network namespaces';
  const missing = tools.filter((tool) => !findTool(tool));
  return missing.length === 0 || `the lab needs these programs: ${missing.join(', ')}`;
}

/** Absolute path of a program, looked up in PATH and the sbin directories that an unprivileged PATH leaves out; null if absent. */
export function findTool(name: string): string | null {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  for (const directory of directories) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}
