import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namespacesOf, removeNamespaces } from './namespace.ts';
import { endAll, livingPid } from './pid-file.ts';
import { knownInstances, type Place, placeOf } from './place.ts';
import { labFiles } from './record.ts';

/**
 * Removes whatever exists of a lab, complete or not: processes by their pid files, what else lives in its namespaces, the
 * namespaces, and at last the run directory, so that an interrupted `down` can be repeated.
 */
export async function lower(place: Place): Promise<void> {
  const nodes = labFiles(place.runDir).nodes;
  const directories = existsSync(nodes) ? readdirSync(nodes).map((name) => join(nodes, name)) : [];
  await Promise.all(directories.map((directory) => endAll(directory)));
  await removeNamespaces(namespacesOf(place.prefix));
  rmSync(place.runDir, { recursive: true, force: true });
}

/** True when anything of the instance is left: its directory or one of its namespaces. */
export function isPresent(place: Place): boolean {
  return existsSync(place.runDir) || namespacesOf(place.prefix).length > 0;
}

/** Makes the run directory anew, after removing leftovers of the same instance. */
export async function claim(place: Place): Promise<void> {
  await lower(place);
  mkdirSync(place.runDir, { mode: 0o700 });
}

/**
 * Removes labs of tests whose process is gone: they named themselves owner, so nobody else will come back for them. Another
 * process may be removing the same one at this moment, so what fails here is left to the next sweep.
 */
export async function sweepOrphans(): Promise<void> {
  for (const instance of knownInstances()) {
    const place = placeOf(instance);
    const { owner } = labFiles(place.runDir);
    if (existsSync(owner) && livingPid(owner) === null) await lower(place).catch(() => undefined);
  }
}
