import type { Person } from '../model/index.ts';
import { lookAfresh } from './again.ts';
import { replace, superseded } from './propose.ts';
import { audit, live, record, set } from './turn.ts';
import type { Turn } from './turn.ts';

/** A closed incident is looked at again, with the answers that people gave; what it did before is history. */
export function reopen(turn: Turn, by: Person): string | null {
  if (turn.state.life !== 'closed') return 'This incident is open already.';
  audit(turn, by.id, 'reopened', turn.state.outcome ?? '');
  record(turn, [{ person: by }, { text: ' asked to look again' }]);
  for (const offer of turn.state.offers) replace(turn, superseded(offer));
  set(turn, { past: [], change: null, outcome: null, sweep: null, dismissed: [], rechecks: [], troubles: [] });
  live(turn, 'again');
  lookAfresh(turn);
  return null;
}
