import fc from 'fast-check';
import { nights } from './wander/move.ts';
import { walk } from './wander/walk.ts';

const PAIRS = [
  ['i1', 'i3'],
  ['i3', 'i2'],
  ['i1', 'i5'],
  ['i4', 'i3'],
] as const;
const NIGHTS = 100;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Lets tired people loose on recorded incidents through the practice workspace, night after night: `[NIGHTS] [--seed N]`. True when
 * nothing crashed, nothing was changed without an approval, and every thread came to an end or waits for somebody who can press
 * something. A night that breaks a promise is played again with fewer moves, and the shortest one told.
 */
export async function wanderTrial(args: readonly string[]): Promise<boolean> {
  const seed = args.includes('--seed') ? Number(args[args.indexOf('--seed') + 1]) : Math.floor(Date.now() / 1000);
  const numRuns = Number(args.find((arg, at) => /^\d+$/.test(arg) && args[at - 1] !== '--seed') ?? NIGHTS);
  say(`seed ${seed}: ${numRuns} nights`);
  const complaint = await wandered(numRuns, seed, say);
  say(complaint ?? 'every promise was kept');
  return complaint === null;
}

/** So many nights; what was broken and how, or `null`. */
export async function wandered(numRuns: number, seed: number, tell: (line: string) => void): Promise<string | null> {
  let night = 0;
  const promise = fc.asyncProperty(fc.constantFrom(...PAIRS), nights, async (pair, moves) => {
    night += 1;
    const { done, broken } = await walk(moves, pair);
    tell(`night ${night}, ${pair.join(' and ')}: ${done.length} moves`);
    if (broken.length > 0) throw new Error(`${broken.join('\n')}\nafter:\n${done.join('\n')}`);
  });
  const details = await fc.check(promise, { numRuns, seed, interruptAfterTimeLimit: 3_600_000 });
  if (!details.failed) return null;
  const { errorInstance } = details;
  return errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
}
