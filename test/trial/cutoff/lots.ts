import { sha256 } from '../../../src/model/hash.ts';

/** Draws whole numbers below a bound; the same words draw the same. */
export function lots(words: string): (below: number) => number {
  let drawn = 0;
  return (below) => {
    drawn += 1;
    return Number.parseInt(sha256(`${words} ${drawn}`).slice(0, 8), 16) % below;
  };
}
