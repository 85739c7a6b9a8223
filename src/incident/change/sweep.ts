import type { Meaning, Swept } from '../../model/index.ts';
import { set, token } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** As many buttons as a person can take in below a list. */
const BUTTONS = 10;

/** The other nodes of the pool have been asked: those with the same cause get a button each. */
export function swept(turn: Turn, { finding, others, left, failure }: Swept): void {
  if (turn.state.sweep !== 'asked') return;
  const sweep = { finding, others, left, ...(failure === undefined ? {} : { failure }) };
  const same = sweep.others.filter(({ says }) => says === 'found');
  const buttons: Record<string, Meaning> = { ...turn.state.buttons };
  for (const { node } of same.slice(0, BUTTONS)) buttons[token(turn)] = { means: 'start', node };
  set(turn, { sweep, buttons });
}
