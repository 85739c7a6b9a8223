import { noLab, skipNote, startLab } from '../lab/index.ts';
import { ACCIDENTS } from './cutoff/accident.ts';
import type { Accident } from './cutoff/accident.ts';
import { attempt } from './cutoff/attempt.ts';
import type { Attempted } from './cutoff/attempt.ts';
import { faketime } from './cutoff/clock.ts';
import { lots } from './cutoff/lots.ts';
import { table } from './cutoff/tally.ts';

const TIMES = 25;
const GOOD = 200;
/** Nearly all of a trial is waiting for deadlines, so several labs share a core. */
const JOBS = 4;
/** Above what confirming takes on a busy machine, and below the 60 s of the product. */
const CUT_OFF_SECONDS = 4;
const GOOD_SECONDS = 30;
const EACH_MS = 20_000;
const GOOD_FIX: Accident = {
  id: 'good',
  says: 'nothing happens',
  happens: () => Promise.resolve(() => Promise.resolve()),
};

/**
 * Cuts real changes of a real node off at random moments: `[TIMES] [KIND …] [--good N] [--seed N] [--jobs N] [--minutes N]`, each kind 25 times
 * unless told, and 200 fixes that nothing disturbs; four labs side by side. In every other trial netdiag is killed as well. True
 * when the node was reachable and as before in time, or repaired and healthy, every time; and no undisturbed fix was taken back.
 */
export async function cutoffTrial(args: readonly string[]): Promise<boolean> {
  if (noLab) {
    say(`nothing was tried${skipNote}`);
    return false;
  }
  const option = (name: string): number | null => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : null);
  const plain = args.filter((arg, at) => !arg.startsWith('--') && !args[at - 1]?.startsWith('--'));
  const times = Number(plain.find((arg) => /^\d+$/.test(arg)) ?? TIMES);
  const named = plain.filter((arg) => !/^\d+$/.test(arg));
  const seed = option('--seed') ?? Math.floor(Date.now() / 1000);
  const unknown = named.filter((name) => !ACCIDENTS.some(({ id }) => id === name));
  if (unknown.length > 0) {
    say(`unknown: ${unknown.join(', ')}; there are ${ACCIDENTS.map(({ id }) => id).join(', ')}`);
    return false;
  }
  const clockless = faketime() === null;
  if (clockless) say('clock: not tried, the package faketime is not installed');
  const kinds = ACCIDENTS.filter(
    ({ id }) => (named.length === 0 || named.includes(id)) && !(id === 'clock' && clockless),
  );
  const good = option('--good') ?? (named.length === 0 ? GOOD : 0);
  const jobs = option('--jobs') ?? JOBS;
  const began = Date.now();
  const until = began + (option('--minutes') ?? Infinity) * 60_000;
  say(`seed ${seed}: ${kinds.length} kinds, ${times} times each, and ${good} good fixes; ${jobs} labs side by side`);
  const told = await tryAll(inTurns(kinds, times, good), { jobs, seed, until });
  const tallies = [...kinds, GOOD_FIX].map(({ id, says }) => ({ kind: id, says, told: told.get(id) ?? [] }));
  for (const line of table(tallies)) say(line);
  for (const { kind, says } of tallies) say(`  ${kind}: ${says}`);
  const all = [...told.values()].flat();
  const failures = all.filter(({ wrong }) => wrong.length > 0).length;
  if (Date.now() > until) say('the time was over before everything was tried');
  say(`${all.length} trials in ${Math.round((Date.now() - began) / 60_000)} min`);
  say(failures === 0 ? 'every node came back as it was, or repaired' : `${failures} trials went wrong`);
  return failures === 0;
}

interface Turn {
  readonly accident: Accident;
  readonly time: number;
}

/** One of each kind after the other, with the good ones spread among them. */
function inTurns(kinds: readonly Accident[], times: number, good: number): readonly Turn[] {
  const turns = (accident: Accident, count: number): { turn: Turn; at: number }[] =>
    Array.from({ length: count }, (_, time) => ({ turn: { accident, time }, at: (time + 0.5) / count }));
  return [...kinds.flatMap((kind) => turns(kind, times)), ...turns(GOOD_FIX, good)]
    .toSorted((a, b) => a.at - b.at)
    .map(({ turn }) => turn);
}

/** As many at once as told, in their order; after `until` none is begun any more. */
async function tryAll(
  turns: readonly Turn[],
  { jobs, seed, until }: { readonly jobs: number; readonly seed: number; readonly until: number },
): Promise<Map<string, Attempted[]>> {
  const told = new Map<string, Attempted[]>();
  const left = [...turns];
  let [done, wrong, lastSaid] = [0, 0, Date.now()];
  const work = async (): Promise<void> => {
    for (let turn = left.shift(); turn !== undefined && Date.now() < until; turn = left.shift()) {
      const { accident, time } = turn;
      const one = await tryOnce(accident, time, seed);
      told.set(accident.id, [...(told.get(accident.id) ?? []), one]);
      done += 1;
      wrong += one.wrong.length > 0 ? 1 : 0;
      for (const complaint of one.wrong) say(`  WRONG: ${accident.id} ${time}: ${complaint}; ended ${one.ended}`);
      if (Date.now() - lastSaid < EACH_MS) continue;
      lastSaid = Date.now();
      say(`${new Date(lastSaid).toISOString().slice(11, 19)} ${done} of ${turns.length} tried, ${wrong} wrong`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return told;
}

/** Each trial has a lab of its own, so that none inherits anything. */
async function tryOnce(accident: Accident, time: number, seed: number): Promise<Attempted> {
  const draw = lots(`${seed} ${accident.id} ${time}`);
  try {
    const lab = await startLab('i1', { prefix: 'trial', dialTimeoutMs: 2000 });
    try {
      const isGood = accident.id === 'good';
      const kills = !isGood && (accident.kills === true || draw(2) === 0);
      return await attempt(lab, accident, {
        ...(draw(3) === 0
          ? ({ since: 'approved', afterMs: draw(3000) } as const)
          : ({ since: 'begun', afterMs: draw(1200) } as const)),
        killMs: kills ? draw(6000) : null,
        rollbackSeconds: isGood ? GOOD_SECONDS : CUT_OFF_SECONDS,
        draw,
      });
    } finally {
      await lab.down();
    }
  } catch (error) {
    const wrong = [`the trial itself failed: ${String(error)}`];
    return { ended: 'not tried', backSeconds: null, pastDeadline: null, equal: false, wrong };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
