import { Worker } from 'node:worker_threads';
import { BUGS } from './approval/bugs.ts';
import type { Lane, Outcome } from './approval/lane.ts';

const HISTORIES = 100_000;
const LANES = 2;
/** A planted bug that so many histories do not find is not found. */
const FOR_A_BUG = 50_000;

/**
 * Generated histories of approvals against a small model of the rules, and every change of one thing in a plan of each remediation:
 * `[HISTORIES] [--seed N]`, 100,000 unless told. Then the same with each planted bug, which must be found. True when netdiag and the
 * rules agree and no bug hides.
 */
export async function approvalTrial(args: readonly string[]): Promise<boolean> {
  const at = args.indexOf('--seed');
  const seed = 2 * Math.floor(at === -1 ? Date.now() / 1000 : Number(args[at + 1]));
  const histories = Number(args.find((arg, place) => /^\d+$/.test(arg) && place !== at + 1) ?? HISTORIES);
  const began = performance.now();
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    lived({ runs: Math.ceil((histories - lane) / LANES), seed: seed + lane }),
  );
  const outcomes = await Promise.all(lanes);
  const wrong = outcomes.flatMap((outcome) => outcome.wrong);
  const sum = (name: keyof Outcome['tally']): number => outcomes.reduce((all, { tally }) => all + tally[name], 0);
  const changed = outcomes.reduce((all, { changes }) => all + changes, 0);
  say(
    `seed ${seed / 2}: ${histories} histories in ${seconds(began)} s by ${LANES} lanes: ${sum('presses')} presses, ${sum('begins')} changes begun, ${sum('counts')} consents counted, ${sum('refused')} approvals refused, ${sum('rejected')} plans rejected, ${sum('revoked')} approvals revoked, glass broken ${sum('alone')} times; ${changed} plans with one thing changed`,
  );
  for (const one of wrong.slice(0, 20)) say(`WRONG: ${one}`);
  say(wrong.length === 0 ? 'nothing was accepted that should not be, and everything that should be was' : '');
  const hidden = await plantedBugs(seed);
  return wrong.length === 0 && hidden === 0;
}

/** Plants one bug after the other, says who found it, and counts those that nobody did. */
async function plantedBugs(seed: number): Promise<number> {
  const began = performance.now();
  const waiting = [...BUGS.entries()];
  const rows: string[] = [];
  let hidden = 0;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, bug] = next;
      const { wrong } = await lived({ runs: FOR_A_BUG, seed, bug });
      const [first] = wrong;
      if (first === undefined) hidden += 1;
      rows[at] =
        `${first === undefined ? 'NOT FOUND' : 'found'} | ${bug.says} | ${(first ?? '').replace(/; scene .*/s, '')}`;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const row of rows) say(row);
  say(`${BUGS.length - hidden} of ${BUGS.length} planted bugs found in ${seconds(began)} s`);
  return hidden;
}

/** Does one thread's work in it; what it died of is wrong, too. */
function lived(workerData: Lane): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('approval/lane.ts', import.meta.url), { workerData });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (status) => reject(new Error(`a lane ended with ${status} and told nothing`)));
  });
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

function say(line: string): void {
  if (line !== '') process.stdout.write(`${line}\n`);
}
