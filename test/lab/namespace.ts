import { readdirSync } from 'node:fs';
import { must, run } from './command.ts';
import { endPids } from './pid-file.ts';

/** Creates named network namespaces (`ip netns`), with the loopback interface up in each. */
export async function addNamespaces(names: readonly string[]): Promise<void> {
  await must(['ip', '-batch', '-'], { input: names.map((name) => `netns add ${name}\n`).join('') });
  await Promise.all(names.map((name) => must(['ip', '-n', name, 'link', 'set', 'lo', 'up'])));
}

/** Named network namespaces that begin with the prefix. */
export function namespacesOf(prefix: string): string[] {
  try {
    return readdirSync('/run/netns').filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/**
 * Ends every process inside the namespaces and deletes them. Whatever runs inside was started by the lab or through it, also
 * what no pid file knows (a tcpdump, a rollback timer, a daemon whose `up` was killed before it wrote the file).
 */
export async function removeNamespaces(names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      const inside = await run(['ip', 'netns', 'pids', name]);
      await endPids(inside.stdout.split('\n').filter(Boolean).map(Number));
      await run(['ip', 'netns', 'delete', name]);
    }),
  );
}

/** argv that runs another argv in a named network namespace; it execs, so the child's pid is the command's own. */
export function inNamespace(name: string, argv: readonly string[]): string[] {
  return ['nsenter', `--net=/run/netns/${name}`, '--', ...argv];
}
