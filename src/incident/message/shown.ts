import type { IncidentState } from '../../model/index.ts';
import { lookedAt } from '../change/again.ts';

/** The state as the thread shows it: while a change of the cluster is being looked at, with the diagnosis that led to it. */
export function shown(state: IncidentState): IncidentState {
  const cause = state.change?.cluster?.cause;
  return cause === undefined || lookedAt(state) === null ? state : { ...state, ...cause };
}
