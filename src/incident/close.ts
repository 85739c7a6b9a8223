import type { IncidentState } from '../model/index.ts';
import { audit, live, set, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** Ends the incident. Everything that is still to be told is told by its last messages. */
export function close(turn: Turn, outcome: NonNullable<IncidentState['outcome']>): void {
  set(turn, { outcome });
  live(turn, 'close');
  audit(turn, turn.state.by.id, 'closed', outcome);
  want(turn, { do: 'export' });
}
