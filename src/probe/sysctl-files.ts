// At boot and at `sysctl --system` the files of sysctl.d are applied sorted by name, of equal names only the one of the highest
// directory, and /etc/sysctl.conf last: whoever is last wins. https://man7.org/linux/man-pages/man5/sysctl.d.5.html
import { cleanText, probe } from './probe.ts';
import { globMatches } from './text/glob.ts';
import { SEARCHED, searched, searching } from './text/searched.ts';
import { printedName } from './text/sysctl.ts';

export interface FileSetting {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** As `sysctl` prints it: dots between the parts. May hold `*`. */
  readonly key: string;
  readonly value: string;
  /** The exact line. */
  readonly text: string;
}

/** Highest directory first. */
const DIRECTORIES = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'];
const LAST = '/etc/sysctl.conf';
const ASSIGNMENT = '^[[:space:]]*-?[[:space:]]*net[./][^=]*=';

/** Assignments to `net.*`, in the order in which they are applied: of two for one key the later wins. */
export const sysctlFiles = probe({
  id: 'sysctl-files',
  reads: 'the files that set kernel settings',
  cheap: true,
  exits: SEARCHED,
  argv: () => searching([...DIRECTORIES, LAST], 1, ['-name', '*.conf'], ASSIGNMENT),
  parse: (text, output): { readonly settings: readonly FileSetting[] } => {
    const { files, found } = searched(text, cleanText(output.stderr));
    const byFile = Map.groupBy(found, ({ file }) => file);
    const settings = appliedFiles([...files.keys()]).flatMap((file) => byFile.get(file) ?? []);
    return { settings: settings.map(({ file, line, text }) => ({ file, line, ...assignment(text), text })) };
  },
});

/** Files in the order in which they are applied; a file masked by one of the same name in a higher directory is left out. */
function appliedFiles(files: readonly string[]): string[] {
  const byName = new Map<string, string>();
  for (const directory of DIRECTORIES) {
    for (const file of files.filter((path) => path.startsWith(`${directory}/`))) {
      const name = file.slice(directory.length + 1);
      if (!byName.has(name)) byName.set(name, file);
    }
  }
  const sorted = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  return files.includes(LAST) ? [...sorted, LAST] : sorted;
}

function assignment(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim().replace(/^-\s*/, '');
  return { key: printedName(name), value: text.slice(at + 1).trim() };
}

/** `ip_forward` and `conf.all.forwarding` are one variable of the kernel (`net/ipv4/devinet.c`, ctl_forward_entry). */
const FORWARDING = new Set(['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding']);

/**
 * The assignment that decides `key` at boot, or `null` when no file sets it. `settings` in the order of the probe. An exact key
 * wins over any pattern, as systemd-sysctl does it.
 */
export function winner(settings: readonly FileSetting[], key: string): FileSetting | null {
  const asked = printedName(key);
  const keys = FORWARDING.has(asked) ? FORWARDING : new Set([asked]);
  const exact = settings.findLast((setting) => keys.has(setting.key));
  if (exact !== undefined) return exact;
  return settings.findLast((setting) => /[*?[]/.test(setting.key) && globMatches(setting.key, asked)) ?? null;
}
