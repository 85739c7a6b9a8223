import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one instance of a lab keeps everything, and the prefix that all its namespaces carry. */
export interface Place {
  instance: string;
  runDir: string;
  prefix: string;
}

/**
 * The directory of all labs: its entries are the registry. Only root may look inside, because keys and tokens lie there.
 * Throws when somebody else owns the path.
 */
export function labsRoot(): string {
  const root = join(tmpdir(), 'netdiag-lab');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const stat = lstatSync(root);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Error(`${root} must be a directory that belongs to you; move it away or set TMPDIR`);
  }
  return root;
}

/** Same instance name, same place: that is how a later command finds a lab again, and how `up` finds its own leftovers. */
export function placeOf(instance: string): Place {
  if (!/^[a-z0-9][a-z0-9.-]{0,40}$/.test(instance)) {
    throw new Error(`"${instance}" cannot name a lab: use lower-case letters, digits, dots and hyphens`);
  }
  const runDir = join(labsRoot(), instance);
  return { instance, runDir, prefix: prefixOf(runDir) };
}

/** What the names of all namespaces of the lab with that run directory begin with. */
export function prefixOf(runDir: string): string {
  return `nd${createHash('sha256').update(runDir).digest('hex').slice(0, 6)}-`;
}

/** Instances that have a run directory, whether they are up, half up or dead. */
export function knownInstances(): string[] {
  return readdirSync(labsRoot(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
