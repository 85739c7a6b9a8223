import { verdictOf } from '../../check/counted.ts';
import type { CounterRise, Uncounted } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import type { Counter, Tally } from './tally.ts';

/** Counters before and after each round, and before and after the quiet window. */
export interface Tallies {
  readonly rounds: readonly { readonly before: Tally; readonly after: Tally }[];
  readonly quiet: { readonly before: Tally; readonly after: Tally };
}

/** On a busy node hundreds of counters rise by themselves; what they say comes last. */
const MOST = 40;
const ORDER: readonly CounterRise['verdict'][] = ['exact', 'consistent', 'ambiguous'];

/**
 * Counters that rose in a round, each with its verdict beside the packets expected of each round. One that was not read at every moment proves
 * nothing and is left out; what kept it from being read is told.
 */
export async function rises(
  ports: Ports,
  { rounds, quiet }: Tallies,
  expected: readonly number[],
): Promise<{ readonly counters: readonly CounterRise[]; readonly uncounted?: readonly Uncounted[] }> {
  const last = rounds.at(-1)?.after;
  if (last === undefined) return { counters: [] };
  const moments = [...rounds.flatMap(({ before, after }) => [before, after]), quiet.before, quiet.after];
  const found: (Omit<CounterRise, 'output'> & Pick<Counter, 'printed'>)[] = [];
  for (const [counter, { command, line, printed }] of last.counters) {
    const rise = (from: Tally, to: Tally): number =>
      (to.counters.get(counter)?.value ?? 0) - (from.counters.get(counter)?.value ?? 0);
    const rose = rounds.map(({ before, after }) => rise(before, after));
    if (!rose.some((more) => more > 0) || moments.some((moment) => !moment.counters.has(counter))) continue;
    const still = rise(quiet.before, quiet.after);
    const verdict = verdictOf(rose, still, expected);
    found.push({ counter, rounds: rose, quiet: still, verdict, command, line, printed });
  }
  const told = found.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)).slice(0, MOST);
  const counters = await Promise.all(
    told.map(async ({ printed, ...rise }) => ({ ...rise, output: await ports.journal.keep('output', printed) })),
  );
  const unread = new Map(moments.flatMap(({ uncounted }) => uncounted.map((one) => [one.what, one] as const)));
  return unread.size === 0 ? { counters } : { counters, uncounted: [...unread.values()] };
}
