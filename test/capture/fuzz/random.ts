/** Random numbers that depend on nothing but a seed and the number of the input, so that each input can be made again alone. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Starts the sequence of one input. */
  begin(seed: number, index: number): void {
    this.#a = seed | 0;
    this.#b = index | 0;
    this.#c = Math.floor(index / 0x1_0000_0000) | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** 32 bits: the small fast counting generator, https://pracrand.sourceforge.net/RNG_engines.txt */
  next(): number {
    const made = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + made) | 0;
    return made >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }

  /** One of these. */
  of<T>(some: readonly T[]): T {
    return some[this.below(some.length)]!;
  }
}
