import type { Judge } from './judge.ts';
import type { Mutant } from './mutant.ts';

/** A slow input is given as many chances: other processes may have had the machine. */
const CHANCES = 3;

/** Why an input is not handled as promised: what was thrown, or that it takes longer than `longestMs`; `null` when it is. */
export function failureOf(judge: Judge, mutant: Mutant, index: number, longestMs: number): string | null {
  for (let chance = 1; ; chance += 1) {
    const began = performance.now();
    try {
      judge.judge(mutant, index);
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    const lasted = performance.now() - began;
    if (lasted <= longestMs) return null;
    if (chance === CHANCES) return `takes ${Math.round(lasted)} ms`;
  }
}
