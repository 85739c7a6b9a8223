import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Lane } from '../capture/fuzz/lane.ts';
import { failureOf } from '../capture/fuzz/failure.ts';
import { Judge } from '../capture/fuzz/judge.ts';
import { Mutants } from '../capture/fuzz/mutant.ts';

const INPUTS = 10_000_000;
const LANES = 2;
/** No input may take longer. Nearly all take some 10 µs; a busy machine takes away far more than that now and then. */
const LONGEST_MS = 250;
/** A lane that finishes no input for this long hangs. */
const HANG_MS = 20_000;
/** Memory may not grow with the inputs; two lanes with warm code need some 200 MB. */
const MOST_RSS_MB = 600;
const TICK_MS = 1000;

/**
 * Takes broken captures from bytes to a story: `[INPUTS] [--seed N]`, 10 million unless told; `--only INDEX` takes one again.
 * True when none of them threw, hung, took too long or made the memory grow. An input that did is kept in a file.
 */
export async function fuzzTrial(args: readonly string[]): Promise<boolean> {
  const number = (name: string): number | null => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : null);
  const seed = number('--seed') ?? Math.floor(Date.now() / 1000);
  const only = number('--only');
  if (only !== null) return again(seed, only);
  const inputs = Number(args.find((arg, at) => /^\d+$/.test(arg) && !args[at - 1]?.startsWith('--')) ?? INPUTS);
  return run(seed, inputs);
}

function again(seed: number, index: number): boolean {
  const mutant = new Mutants(seed).make(index);
  say(`input ${index} of seed ${seed}: ${kept(seed, index)}`);
  const complaint = failureOf(new Judge(), mutant, index, LONGEST_MS);
  say(complaint ?? 'handled as promised');
  return complaint === null;
}

async function run(seed: number, inputs: number): Promise<boolean> {
  const done = new Int32Array(new SharedArrayBuffer(LANES * Int32Array.BYTES_PER_ELEMENT));
  const began = performance.now();
  const failures: string[] = [];
  const fail = (complaint: string, index: number): void => {
    const replay = `npm run trial -- fuzz --seed ${seed} --only ${index}`;
    failures.push(`input ${index}: ${complaint}; kept as ${kept(seed, index)}; again: ${replay}`);
  };
  const workers = Array.from({ length: LANES }, (_, lane) => {
    const workerData: Lane = { seed, inputs, lane, lanes: LANES, longestMs: LONGEST_MS, done };
    return new Worker(new URL('../capture/fuzz/lane.ts', import.meta.url), { workerData });
  });
  let mostMb = 0;
  const moved = Array.from(done, (count) => ({ count, at: performance.now() }));
  const watch = setInterval(() => {
    const mb = process.memoryUsage.rss() / 1e6;
    mostMb = Math.max(mostMb, mb);
    process.stderr.write(`${progress(done, inputs, began)}, ${Math.round(mb)} MB\n`);
    if (mb > MOST_RSS_MB) failures.push(`memory grew to ${Math.round(mb)} MB`);
    for (const [lane, count] of done.entries()) {
      const last = moved[lane]!;
      const finished = count >= Math.ceil((inputs - lane) / LANES);
      if (finished || count !== last.count) moved[lane] = { count, at: performance.now() };
      else if (performance.now() - last.at > HANG_MS) fail('hangs', count * LANES + lane);
    }
    if (failures.length === 0) return;
    clearInterval(watch);
    for (const worker of workers) void worker.terminate();
  }, TICK_MS);
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve) => {
          worker.on('message', ({ complaint, index }: { complaint: string; index: number }) => fail(complaint, index));
          worker.on('error', (error) => failures.push(String(error)));
          worker.on('exit', () => resolve());
        }),
    ),
  );
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const total = done.reduce((sum, count) => sum + count, 0);
  say(
    `seed ${seed}: ${total} inputs in ${seconds.toFixed(1)} s by ${LANES} lanes, ` +
      `${Math.round((total / (user + system)) * 1e6)} in each second of a processor, at most ${Math.round(mostMb)} MB`,
  );
  for (const failure of failures) say(`WRONG: ${failure}`);
  say(failures.length === 0 && total === inputs ? 'every input was handled as promised' : 'not every input was');
  return failures.length === 0 && total === inputs;
}

function progress(done: Int32Array, inputs: number, began: number): string {
  const total = done.reduce((sum, count) => sum + count, 0);
  const rate = Math.round((total / (performance.now() - began)) * 1000);
  return `${total} of ${inputs} inputs, ${rate} a second`;
}

/** Writes the input to a file, and gives its name. */
function kept(seed: number, index: number): string {
  const file = join(tmpdir(), `netdiag-fuzz-${seed}-${index}.pcap`);
  writeFileSync(file, new Mutants(seed).make(index).pcap);
  return file;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
