/** Counts what happened within a span of time, and says whether one more is allowed. */
export class Budget {
  readonly #now: () => number;
  #taken: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** True, and counted, when fewer than `most` were taken within the last `spanMs`. */
  take(most: number, spanMs: number): boolean {
    const now = this.#now();
    this.#taken = this.#taken.filter((at) => now - at < spanMs);
    if (this.#taken.length >= most) return false;
    this.#taken.push(now);
    return true;
  }
}
