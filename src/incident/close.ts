import type { IncidentState } from '../model/index.ts';
import { keptChanges, repairedBefore } from './change/past.ts';
import { audit, live, name, set, want } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * Ends the incident. Everything that is still to be told is told by its last messages. A repair stays one, whatever did not come true
 * after it; only where nobody knows what became of a later change, that is the outcome.
 */
export function close(turn: Turn, became: NonNullable<IncidentState['outcome']>): void {
  const open = became === 'unknown' && turn.state.change !== null;
  const outcome = repairedBefore(turn.state) && !open ? 'repaired' : became;
  set(turn, { outcome, watching: false });
  name(turn, { means: 'reopen' });
  name(turn, { means: 'post-mortem' });
  if (outcome === 'nothing-found' || (outcome === 'unknown' && turn.state.change === null))
    name(turn, { means: 'repeat' });
  const kept = keptChanges(turn.state).at(-1);
  if (kept !== undefined && outcome !== 'unknown') name(turn, { means: 'undo', plan: kept.plan });
  live(turn, 'close');
  audit(turn, turn.state.by.id, 'closed', outcome);
  want(turn, { do: 'export' });
}
