import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock, Ids } from '../port.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    await after(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

/** The kernel's randomness. */
export const systemIds: Ids = {
  token: () => randomBytes(16).toString('hex'),
  between: (low, high) => randomInt(low, high + 1),
};
