import type { Clock } from '../../src/port.ts';

/** The machine's clock, which a test can put on: whoever sleeps past the new time is woken. */
export class HastenedClock implements Clock {
  #ahead = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return Date.now() + this.#ahead;
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
      const timer = setTimeout(wake, ms);
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
