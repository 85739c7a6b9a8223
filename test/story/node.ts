import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../lab/index.ts';

/** What a node's ledger remembers: the first line of each entry, and its sentence. */
export async function ledgerOf(lab: Lab, node: string): Promise<{ readonly fix: string; readonly state: string }[]> {
  const script =
    'cd /var/lib/netdiag/fix 2>/dev/null || exit 0; for e in */entry; do [ -e "$e" ] && echo "${e%/entry} $(head -n 1 "$e")"; done';
  const { stdout } = await lab.exec(node, ['sh', '-c', script]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [fix = '', state = ''] = line.split(' ');
      return { fix, state };
    });
}

/** Processes of a node and files in its temporary places: what nobody may leave behind. */
export async function leftOn(lab: Lab, node: string): Promise<string> {
  const look = 'ps -e -o args=; find /tmp /var/tmp /dev/shm /run /root /home -mindepth 1';
  const { stdout } = await lab.exec(node, ['sh', '-c', look]);
  const lines = stdout.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => !line.includes('ps -e -o args='))
    .toSorted()
    .join('\n');
}

/** Awaits that a node is as clean as it was before, but for what is `expected`; rejects with what is left. */
export async function clears(
  lab: Lab,
  node: string,
  before: string,
  expected: readonly (string | RegExp)[] = [],
): Promise<void> {
  const isExpected = (line: string): boolean =>
    expected.some((one) => (typeof one === 'string' ? one === line : one.test(line)));
  let left: string[] = [];
  const clean = async (): Promise<boolean> => {
    left = difference(before, await leftOn(lab, node)).filter((line) => !isExpected(line));
    return left.length === 0;
  };
  await eventually(() => `${node} is clean: ${left.join(' | ')}`, clean);
}

/** Lines that only one of two texts has: `-` those of the first, `+` those of the second, in their order. */
export function difference(before: string, after: string): string[] {
  const count = (text: string): Map<string, number> => {
    const lines = new Map<string, number>();
    for (const line of text.split('\n')) lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const missing = (from: string, there: Map<string, number>, sign: string): string[] =>
    from.split('\n').flatMap((line) => {
      const left = there.get(line) ?? 0;
      there.set(line, left - 1);
      return left > 0 ? [] : [`${sign}${line}`];
    });
  return [...missing(before, count(after), '-'), ...missing(after, count(before), '+')];
}

/** Awaits a condition of the outside world; rejects with `what` when it does not come true in time. */
export async function eventually(what: () => string, holds: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`did not come true: ${what()}`);
    await pause(50);
  }
}
