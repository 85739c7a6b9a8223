/**
 * `gaps[a][b]`: clock b is ahead of clock a by no more than this, µs; Infinity where nothing is known. Differences of this kind
 * bound each other along every way from one clock to another.
 */
export type Gaps = number[][];

/** The clocks that can all be right at once, the first always among them; one that contradicts those before it is left out. */
export function consistent(gaps: Gaps): number[] {
  const kept: number[] = [];
  for (const clock of gaps.keys()) {
    const within = closed(gaps, [...kept, clock]);
    if (within[clock]![clock]! >= 0) kept.push(clock);
  }
  return kept;
}

/** The gaps among these clocks, each as small as all others together make it (Floyd and Warshall). */
export function closed(gaps: Gaps, clocks: readonly number[]): Gaps {
  const within = gaps.map((row) => [...row]);
  for (const via of clocks) {
    for (const from of clocks) {
      for (const to of clocks) {
        within[from]![to] = Math.min(within[from]![to]!, within[from]![via]! + within[via]![to]!);
      }
    }
  }
  return within;
}
