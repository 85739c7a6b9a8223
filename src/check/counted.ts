// A counter speaks for a cause when it rises by as many packets as were sent, each time that they are sent, and stands still while none
// are: https://docs.kernel.org/networking/snmp_counter.html. Noise on a busy node may fake one rise, hardly two of the same size.
import type { CounterRise, Round, Sent, Watched } from '../model/index.ts';

/** What a counter says of the marked packets; `still`: it did not rise in any round, or was not read. */
export interface Counted {
  readonly is: CounterRise['verdict'] | 'still';
  /** One sentence with the numbers; empty where the counter stood still. */
  readonly sentence: string;
}

/** The rounds that were sent; one where the packets went out all together. */
export function roundsOf(sent: Sent): readonly Pick<Round, 'count' | 'answered'>[] {
  return sent.rounds ?? [{ count: sent.count, answered: sent.answered }];
}

/** How a counter's rises fit the packets that it is expected to have counted in each round. */
export function verdictOf(
  rises: readonly number[],
  quiet: number,
  expected: readonly number[],
): CounterRise['verdict'] {
  const total = expected.reduce((sum, count) => sum + count, 0);
  if (total === 0 || rises.length !== expected.length || Math.min(quiet, ...rises) < 0) return 'ambiguous';
  const each = rises.map((rise, round) => rise - (expected[round] ?? 0));
  if (rises.length > 1 && quiet === 0 && each.every((more) => more === 0)) return 'exact';
  // With nothing to repeat it, a rise belongs to the packets only where nothing rises by itself.
  if (rises.length === 1) return quiet === 0 && each.every((more) => more >= 0) ? 'consistent' : 'ambiguous';
  return each.every((more) => more >= quiet) ? 'consistent' : 'ambiguous';
}

/**
 * What the counter of this name says, of all packets that were sent or only of those that got no answer. An ambiguous one proves
 * nothing, and its sentence says so.
 */
export function countedBy(
  { sent, counters }: Pick<Watched, 'sent' | 'counters'>,
  counter: string,
  of: 'sent' | 'unanswered' = 'sent',
): Counted {
  const rise = counters.find((one) => one.counter === counter);
  if (rise === undefined) return { is: 'still', sentence: '' };
  if (sent.by === 'user') return { is: rise.verdict, sentence: users(rise, sent.count) };
  const rounds = roundsOf(sent);
  const expected = rounds.map(({ count, answered }) => (of === 'sent' ? count : count - answered));
  const is = of === 'sent' ? rise.verdict : verdictOf(rise.rounds, rise.quiet, expected);
  const rose = `${counter} rose by ${rise.rounds.join(' and again by ')}, and by ${rise.quiet} in ${rounds.length > 1 ? 'the quiet window between' : 'a quiet window after it'}`;
  const alike = of === 'sent' && rounds.length > 1 && expected.every((count) => count === expected[0]);
  return { is, sentence: SENTENCES[is](rose, ours(expected, of), alike) };
}

/** Attempts of people repeat their packets as they like, and the verdict was made beside what came in. */
function users({ counter, rounds, quiet, verdict }: CounterRise, attempts: number): string {
  const rose = `The counter ${counter} rose by ${rounds.join(' and again by ')} while ${attempts} of your attempts came in, and by ${quiet} in a quiet window after`;
  return verdict === 'ambiguous'
    ? `${rose}: that is ambiguous and proves nothing.`
    : `${rose}: enough for all of them.`;
}

type Sentence = (rose: string, ours: string, alike: boolean) => string;

const SENTENCES: Readonly<Record<CounterRise['verdict'], Sentence>> = {
  exact: (rose, some, alike) => `The node dropped ${some} for this reason${alike ? ', twice' : ''}: ${rose}.`,
  consistent: (rose, some, alike) => `The counter ${rose}: enough for ${some}${alike ? ' each time' : ''}.`,
  ambiguous: (rose, some, alike) =>
    `The counter ${rose}: beside ${some}${alike ? ' each time' : ''} that is ambiguous and proves nothing.`,
};

/** `7 of our 7 packets` or `the 4 and then the 3 of our packets that got no answer`. */
function ours(expected: readonly number[], of: 'sent' | 'unanswered'): string {
  const total = expected.reduce((sum, count) => sum + count, 0);
  const each = expected.filter((count) => count > 0);
  if (of === 'unanswered') {
    const some = each.length === 0 ? `the ${total}` : each.map((count) => `the ${count}`).join(' and then ');
    return `${some} of our packets that got no answer`;
  }
  if (each.every((count) => count === each[0])) return `${each[0] ?? 0} of our ${each[0] ?? 0} packets`;
  return `${each.join(' and then ')} of our packets`;
}
