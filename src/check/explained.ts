import type { Watched } from '../model/index.ts';
import { roundsOf } from './counted.ts';
import { meaningOf } from './counters.ts';
import type { Meaning } from './counters.ts';

/** What one counter says became of every marked packet. */
export interface Explained {
  readonly counter: string;
  readonly means: Meaning['means'];
  /** One sentence with the reason and the numbers. */
  readonly sentence: string;
}

const VERB = { dropped: 'dropped', refused: 'refused', forwarded: 'forwarded' } as const;

/**
 * What exact counters say became of the marked packets, whatever the findings are: drops first, then refusals, then what was
 * forwarded. Empty where no counter rose by exactly what was sent, and where the packets were answered.
 */
export function explained({ sent, counters, story }: Watched): readonly Explained[] {
  if (story.fate === 'answered') return [];
  const [{ count } = { count: 0 }] = roundsOf(sent);
  const order = Object.keys(VERB);
  return counters
    .filter(({ verdict }) => verdict === 'exact')
    .map(({ counter, rounds, quiet }) => {
      const { means, because } = meaningOf(counter);
      const rose = `${counter} rose by ${rounds.join(' and again by ')}, and by ${quiet} in the quiet window between`;
      const sentence = `The node ${VERB[means]} ${count} of our ${count} packets, each time: ${because} (${rose}).`;
      return { counter, means, sentence };
    })
    .toSorted((a, b) => order.indexOf(a.means) - order.indexOf(b.means));
}
