import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of the test's own, removed with everything in it. */
export async function place(): Promise<{ readonly path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'netdiag-journal-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
