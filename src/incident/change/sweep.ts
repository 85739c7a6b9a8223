import type { Swept } from '../../model/index.ts';
import { name, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** As many buttons as a person can take in below a list. */
const BUTTONS = 10;

/** The other nodes of the pool have been asked: those of which something was found get a button each, the same causes first. */
export function swept(turn: Turn, { finding, others, left, failure }: Swept): void {
  if (turn.state.sweep !== 'asked') return;
  set(turn, { sweep: { finding, others, left, ...(failure === undefined ? {} : { failure }) } });
  for (const { node } of concerned(others).slice(0, BUTTONS)) name(turn, { means: 'start', node });
}

/** Nodes that somebody should look at, those with the same cause first. */
export function concerned(others: Swept['others']): Swept['others'] {
  return [...others.filter(({ says }) => says === 'found'), ...others.filter(({ says }) => says === 'other')];
}
