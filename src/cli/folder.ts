import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder for the files of one diagnosis, made when the first is saved; only its owner can read it. */
export interface Folder {
  /** Where a file of this name is or would be; the name is made one plain path component. */
  path(name: string): string;
  /** Saves and gives the path. */
  save(name: string, bytes: Uint8Array): string;
}

export function folder(directory: string): Folder {
  const path = (name: string): string => join(directory, name.replaceAll(/[^A-Za-z0-9._-]|^\.+/g, '_'));
  return {
    path,
    save(name, bytes) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileSync(path(name), bytes, { mode: 0o600 });
      return path(name);
    },
  };
}
