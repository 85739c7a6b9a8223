import type { Clock } from '../../src/port.ts';

/** The machine's clock, which can run `rate` times as fast, and be put on: whoever sleeps past the new time is woken. */
export class HastenedClock implements Clock {
  readonly #rate: number;
  readonly #from = Date.now();
  #ahead = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(rate = 1) {
    this.#rate = rate;
  }

  now(): number {
    return Math.floor(this.#from + (Date.now() - this.#from) * this.#rate + this.#ahead);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms / this.#rate);
      const sleeper = { at: this.now() + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** So many milliseconds pass at once. */
  hasten(ms: number): void {
    this.#ahead += ms;
    for (const { at, wake } of this.#sleepers) if (at <= this.now()) wake();
  }
}
