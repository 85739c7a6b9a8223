import type { ClusterState } from '../cluster/state.ts';
import { daemonSets } from './daemon-set.ts';
import { replicaSets } from './replica-set.ts';
import { schedule } from './schedule.ts';

/** What the control plane makes of a state; the very same state when there is nothing to do. */
export function reconcile(state: ClusterState, now: Date): ClusterState {
  return schedule(replicaSets(daemonSets(state, now), now));
}
