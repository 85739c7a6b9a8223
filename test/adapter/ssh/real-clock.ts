import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../src/port.ts';

/** The machine's own time: real sshd does not know any other. */
export const realClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await pause(ms, undefined, { signal });
    } catch {
      return;
    }
  },
};

/** Waits until `holds` is true, at most 20 s; throws with what was awaited. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited 20 s in vain: ${what}`);
    await pause(20);
  }
}
