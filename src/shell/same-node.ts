import type { NodeIdentity } from '../model/index.ts';

/**
 * Why the machine that answers now is not the one that the plan was made for; `null` when it is the same and has not restarted.
 * What was unknown then has to be unknown now.
 */
export function otherThan(planned: NodeIdentity, present: NodeIdentity): string | null {
  for (const [what, then, now] of [
    ['machine id', planned.machineId, present.machineId],
    ['boot id', planned.bootId, present.bootId],
    ['host key', planned.hostKey, present.hostKey],
  ] as const) {
    if (then !== now) return `The node's ${what} is not the one in the plan: it restarted or is another machine.`;
  }
  return null;
}
