import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.ts';
import { Judge } from './judge.ts';
import { Mutants } from './mutant.ts';

/** What one worker takes: every input whose number modulo `lanes` is its own. */
export interface Lane {
  readonly seed: number;
  readonly inputs: number;
  readonly lane: number;
  readonly lanes: number;
  readonly longestMs: number;
  /** Shared: how many inputs each lane has finished. */
  readonly done: Int32Array;
}

/** More than so many failures of one lane say nothing new. */
const MOST_FAILURES = 5;

const { seed, inputs, lane, lanes, longestMs, done } = workerData as Lane;
const mutants = new Mutants(seed);
const judge = new Judge();
let failures = 0;
for (let index = lane; index < inputs && failures < MOST_FAILURES; index += lanes) {
  const complaint = failureOf(judge, mutants.make(index), index, longestMs);
  done[lane]! += 1;
  if (complaint === null) continue;
  failures += 1;
  parentPort?.postMessage({ complaint, index });
}
