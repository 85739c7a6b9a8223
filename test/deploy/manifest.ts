import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** One Kubernetes object as a manifest writes it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

const DIRECTORY = new URL('../../deploy/', import.meta.url);

/** Every object in deploy/, file by file in the order of their names; `only`: of that file. */
export function manifests(only?: string): readonly Manifest[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.yml') && (only === undefined || name === only))
    .toSorted()
    .flatMap((name) => parseAllDocuments(readFileSync(new URL(name, DIRECTORY), 'utf8'), { version: '1.1' }))
    .map((document) => {
      if (document.errors.length > 0) throw new Error(document.errors[0]?.message);
      return document.toJS() as Manifest;
    });
}

/** The only object of a kind. */
export function manifest(kind: string): Manifest {
  const found = manifests().filter((one) => one.kind === kind);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`expected one ${kind}, found ${found.length}`);
  return found[0];
}
