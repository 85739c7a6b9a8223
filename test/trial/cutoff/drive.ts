import { setTimeout as pause } from 'node:timers/promises';
import type { Told } from '../../story/tell.ts';

/** Longer than any story takes from an approval to its end. */
const HUNG_MS = 150_000;
/** Fixes that are approved one after the other, when what was approved first could not be begun. */
const OFFERS = 3;

/** Approves whatever is offered further, whichever letter it has; gives how the story ended. */
export async function drive(told: Told): Promise<string> {
  const stop = new AbortController();
  const hung = pause(HUNG_MS, 'hung', { signal: stop.signal }).catch(() => 'hung');
  const over = told.ending().then(
    ({ state }) => String(state.outcome),
    () => 'killed',
  );
  try {
    for (let offers = 0; offers < OFFERS; offers += 1) {
      const offered = told.offered().then(
        () => 'offered',
        () => over,
      );
      const next = await Promise.race([over, hung, offered]);
      if (next !== 'offered') return next;
      told.approve();
    }
    return await Promise.race([over, hung]);
  } finally {
    stop.abort();
  }
}

/** Ends a process that may be over already. */
export function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is over.
  }
}
