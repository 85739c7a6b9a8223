import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from './objects.ts';
import { type ClusterState, readState, writeState } from './state.ts';

/**
 * Changes the state file while nobody else does, in this process or another. Every object that is different afterwards gets a new
 * resource version, and one whose spec is different a new generation, whoever changed it. Gives the state as it is then.
 */
export function updateState(file: string, change: (state: ClusterState) => ClusterState): ClusterState {
  const release = lock(`${file}.lock`);
  try {
    const before = readState(file);
    const wanted = change(before);
    if (wanted === before) return before;
    const after = versioned(before, wanted);
    writeState(file, after);
    return after;
  } finally {
    release();
  }
}

/** Identity of an object within its store. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function versioned(before: ClusterState, after: ClusterState): ClusterState {
  let { revision } = before;
  const objects = Object.entries(after.objects).map(([store, list]): [string, KubeObject[]] => {
    const old = new Map(before.objects[store]?.map((object) => [keyOf(object), object]));
    const all = list.map((object) => {
      const before = old.get(keyOf(object));
      if (isDeepStrictEqual(before, object)) return object;
      revision += 1;
      const generation = store === '/pods' ? {} : counted(before, object);
      return { ...object, metadata: { ...object.metadata, ...generation, resourceVersion: String(revision) } };
    });
    if ([...old.keys()].some((key) => !all.some((object) => keyOf(object) === key))) revision += 1;
    return [store, all];
  });
  return { ...after, revision, objects: Object.fromEntries(objects) };
}

/** The generation that a change of the spec comes to, where whoever made it did not count. */
function counted(before: KubeObject | undefined, after: KubeObject): { generation?: number } {
  const generation = after.metadata['generation'];
  if (before === undefined || typeof generation !== 'number' || before.metadata['generation'] !== generation) return {};
  return isDeepStrictEqual(before['spec'], after['spec']) ? {} : { generation: generation + 1 };
}

/** Longer than any change takes: who held the lock is gone. */
const STALE_MS = 5000;

function lock(path: string): () => void {
  for (;;) {
    try {
      closeSync(openSync(path, 'wx'));
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (Date.now() - heldSince(path) > STALE_MS) rmSync(path, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function heldSince(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return Date.now();
  }
}
