import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A pod that really runs on a node: what the container runtime says, whatever the API server believes. */
export interface Sandbox {
  uid: string;
  namespace: string;
  name: string;
  /** Names of its containers. */
  containers: readonly string[];
  /** Network of its own; null for a pod that shares its node's. */
  network: { address: string; netns: string; hostVeth: string } | null;
}

/** The pods that run on a node, by the node's directory; empty where none is known. */
export function sandboxesOf(directory: string): Sandbox[] {
  const file = join(directory, 'sandboxes.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Sandbox[]) : [];
}

/** Writes them down in one step. */
export function writeSandboxes(directory: string, sandboxes: readonly Sandbox[]): void {
  const file = join(directory, 'sandboxes.json');
  writeFileSync(`${file}.new`, JSON.stringify(sandboxes, null, 2));
  renameSync(`${file}.new`, file);
}
