import { noLab, skipNote, startLab } from '../lab/index.ts';
import { ACCIDENTS } from './cutoff/accident.ts';
import type { Accident } from './cutoff/accident.ts';
import { attempt } from './cutoff/attempt.ts';
import { lots } from './cutoff/lots.ts';

const TIMES = 25;
const GOOD = 200;
const GOOD_FIX: Accident = {
  id: 'good',
  says: 'nothing happens',
  happens: () => Promise.resolve(() => Promise.resolve()),
};

/**
 * Cuts real changes of a real node off at random moments: `[TIMES] [KIND …] [--good N] [--seed N]`, each kind 25 times unless told, and
 * 200 fixes that nothing disturbs. In every other trial netdiag is killed as well. True when the node was reachable and as before in time,
 * or repaired and healthy, every time; and no undisturbed fix was taken back.
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
  say(`seed ${seed}`);
  let failures = 0;
  for (const accident of ACCIDENTS.filter(({ id }) => named.length === 0 || named.includes(id)))
    failures += await tryOften(accident, times, seed);
  failures += await tryOften(GOOD_FIX, option('--good') ?? (named.length === 0 ? GOOD : 0), seed);
  say(failures === 0 ? 'every node came back as it was, or repaired' : `${failures} trials went wrong`);
  return failures === 0;
}

/** Gives how many went wrong. Each trial has a lab of its own, so that none inherits anything. */
async function tryOften(accident: Accident, times: number, seed: number): Promise<number> {
  if (times === 0) return 0;
  const ends = new Map<string, number>();
  let [wrong, longest] = [0, 0];
  const began = Date.now();
  for (let time = 0; time < times; time += 1) {
    const draw = lots(`${seed} ${accident.id} ${time}`);
    const lab = await startLab('i1', { prefix: 'trial', dialTimeoutMs: 2000 });
    try {
      const kills = accident.id !== 'good' && (accident.kills === true || draw(2) === 0);
      const told = await attempt(lab, accident, {
        ...(draw(3) === 0
          ? ({ since: 'approved', afterMs: draw(3000) } as const)
          : ({ since: 'begun', afterMs: draw(1200) } as const)),
        killMs: kills ? draw(6000) : null,
      });
      longest = Math.max(longest, told.restedMs);
      ends.set(told.ended, (ends.get(told.ended) ?? 0) + 1);
      wrong += told.wrong.length > 0 ? 1 : 0;
      for (const complaint of told.wrong) say(`  WRONG: ${accident.id} ${time}: ${complaint}`);
    } finally {
      await lab.down();
    }
  }
  const counted = [...ends].map(([end, count]) => `${count} ${end}`).join(', ');
  const each = (Date.now() - began) / 1000 / times;
  say(
    `${accident.id} (${accident.says}): ${times - wrong} of ${times} as they must be; ${counted}; at rest after at most ${(longest / 1000).toFixed(1)} s; ${each.toFixed(1)} s each`,
  );
  return wrong;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
