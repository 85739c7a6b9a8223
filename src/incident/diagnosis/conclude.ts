import { lookedAt, weighChange } from '../change/again.ts';
import { attachCaptures } from '../watch/captures.ts';
import { close } from '../close.ts';
import { propose } from '../offer/propose.ts';
import { record } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The playbook has reached an end: offer a fix where there is one, close where there is nothing to do. */
export function conclude(turn: Turn, end: 'cause' | 'nothing' | 'unseen'): void {
  const changed = lookedAt(turn.state);
  if (changed !== null) return weighChange(turn, changed);
  const [first] = turn.state.findings;
  if (first !== undefined) record(turn, [{ text: `Found: ${first.statement}` }]);
  attachCaptures(turn);
  if (end === 'cause' && propose(turn)) return;
  close(turn, end === 'nothing' ? 'nothing-found' : first !== undefined && end === 'cause' ? 'advice' : 'unknown');
}
