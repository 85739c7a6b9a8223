/**
 * Makes message timestamps: `seconds.microseconds` as text.
 * A message's `ts` is its identity within a channel (https://docs.slack.dev/messaging/retrieving-messages), so every one
 * is greater than the one before, also within the same millisecond and when the clock is set back.
 */
export class Timestamps {
  #last = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const micros = Math.max(this.#now() * 1000, this.#last + 1);
    this.#last = micros;
    return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
  }
}
