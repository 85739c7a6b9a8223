import { parentPort, workerData } from 'node:worker_threads';
import type { Bug } from './bugs.ts';
import type { Tally } from './history.ts';
import { plant } from './plant.ts';

/** What one thread has to do. */
export interface Lane {
  readonly runs: number;
  readonly seed: number;
  readonly bug?: Bug;
}

/** What it came to; `wrong` is empty when all is as it must be. */
export interface Outcome {
  readonly wrong: readonly string[];
  readonly tally: Tally;
  readonly changes: number;
}

const { runs, seed, bug } = workerData as Lane;
if (bug !== undefined) plant(bug);
const { nothing, play } = await import('./history.ts');
const { everyChange } = await import('./refused.ts');
const tally = nothing();
const tried = seed % 2 === 0 || bug !== undefined ? await everyChange() : { changes: 0, wrong: [] };
const wrong = [...tried.wrong];
if (bug === undefined || wrong.length === 0) {
  const broken = play(runs, seed, tally);
  if (broken !== null) wrong.push(broken);
}
parentPort?.postMessage({ wrong, tally, changes: tried.changes } satisfies Outcome);
