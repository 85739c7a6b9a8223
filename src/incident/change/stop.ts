import type { Person } from '../../model/index.ts';
import { lookedAt, takeBack } from './again.ts';
import { close } from '../close.ts';
import { replace, superseded } from '../offer/propose.ts';
import { audit, record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/**
 * Somebody stops the incident. Before a change it ends at once; a change under way is taken back at the next point where that is
 * safe. Gives a sentence where there is nothing to stop.
 */
export function stop(turn: Turn, by: Person): string | null {
  const { life, change, offers } = turn.state;
  if (life === 'closed') return 'This incident is over already.';
  if (life === 'settling') return 'The change is being brought to rest already; that has to end by itself.';
  if (change?.stopped !== undefined) return 'It is being stopped already.';
  audit(turn, by.id, 'stopped', life);
  record(turn, [{ person: by }, { text: ' stopped it' }]);
  const looked = lookedAt(turn.state);
  if (looked !== null) {
    takeBack(turn, looked);
    return null;
  }
  if (life === 'changing' || life === 'verifying') {
    if (change !== null) set(turn, { change: { ...change, stopped: by } });
    return null;
  }
  for (const offer of offers) replace(turn, superseded(offer));
  close(turn, 'aborted');
  return null;
}
