/** Calls a minute that each tier allows at least (https://docs.slack.dev/apis/web-api/rate-limits). */
const perMinute = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

/**
 * `posting` is chat.postMessage's own rule: one a second for each channel, with a short burst, and "several hundred" a
 * minute for the workspace. `free` has no bucket.
 */
export type Tier = 1 | 2 | 3 | 4 | 'posting' | 'free';

const postingBurst = 5;
const postingInWorkspace = 300;
const minute = 60_000;

/** Counts calls over the last minute, per method, and says how long a caller over the limit must wait. */
export class Rates {
  enabled = true;
  readonly #calls = new Map<string, number[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds to wait, or undefined when the call may go ahead and has been counted. */
  take(method: string, tier: Tier, channel: string | undefined): number | undefined {
    if (!this.enabled || tier === 'free') return undefined;
    if (tier === 'posting')
      return (
        this.#wait(method, postingInWorkspace, minute) ??
        this.#window(`${method} ${channel ?? ''}`, postingBurst, postingBurst * 1000) ??
        this.#window(method, postingInWorkspace, minute)
      );
    return this.#window(method, perMinute[tier], minute);
  }

  #window(key: string, allowed: number, span: number): number | undefined {
    const wait = this.#wait(key, allowed, span);
    if (wait === undefined) this.#calls.get(key)?.push(this.#now());
    return wait;
  }

  #wait(key: string, allowed: number, span: number): number | undefined {
    const now = this.#now();
    const recent = (this.#calls.get(key) ?? []).filter((at) => now - at < span);
    this.#calls.set(key, recent);
    const oldest = recent[0];
    if (oldest === undefined || recent.length < allowed) return undefined;
    return Math.max(1, Math.ceil((oldest + span - now) / 1000));
  }
}
