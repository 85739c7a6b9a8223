import type { Clock } from '../port.ts';

/** How many diagnoses may be started within a minute. */
export interface StartLimits {
  readonly person: number;
  readonly channel: number;
}

/** What Slack takes, and what a person can follow: a channel gets about one message a second. */
export const START_LIMITS: StartLimits = { person: 5, channel: 20 };

const MINUTE_MS = 60_000;

/** Counts what was asked for within the last minute, by person and by channel. What was turned down does not count. */
export class Rates {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: StartLimits;
  readonly #people = new Map<string, readonly number[]>();
  readonly #channels = new Map<string, readonly number[]>();

  constructor(clock: Pick<Clock, 'now'>, limits: StartLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts one and gives `null`; or says why not and when to try again, and counts nothing. */
  take(person: string, channel: string): string | null {
    const now = this.#clock.now();
    const mine = recent(this.#people, person, now);
    const here = recent(this.#channels, channel, now);
    const { person: most, channel: mostHere } = this.#limits;
    if (mine.length >= most)
      return `You have asked for ${most} diagnoses within a minute: try again in ${wait(mine, most, now)} s.`;
    if (here.length >= mostHere)
      return `In this channel ${mostHere} diagnoses were asked for within a minute: try again in ${wait(here, mostHere, now)} s.`;
    this.#people.set(person, [...mine, now]);
    this.#channels.set(channel, [...here, now]);
    return null;
  }
}

/** Times of the last minute; nothing older is kept for anybody, and a clock that was set back does not shut anybody out. */
function recent(all: Map<string, readonly number[]>, key: string, now: number): readonly number[] {
  for (const [other, times] of all) if (times.every((at) => now - at >= MINUTE_MS || at > now)) all.delete(other);
  return (all.get(key) ?? []).filter((at) => now - at < MINUTE_MS && at <= now);
}

function wait(times: readonly number[], most: number, now: number): number {
  const oldest = times[times.length - most] ?? now;
  return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1000));
}
