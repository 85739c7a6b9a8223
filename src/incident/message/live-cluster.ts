import type { Change, ClusterChange, IncidentState, Step } from '../../model/index.ts';

/** The steps of a plan that the API server carries out. */
export function changingCluster(state: IncidentState, change: Change, cluster: ClusterChange): Step[] {
  const plan = state.offers.find(({ plan: { id } }) => id === change.plan)?.plan;
  const steps = plan?.steps.length ?? 0;
  const ledger = change.entry?.state ?? null;
  const back = cluster.list === 'undo';
  const applied = change.verified !== null || (ledger !== null && !back);
  const last = cluster.said.at(-1);
  const apply: Step = {
    id: 'apply',
    label: [
      {
        text: applied
          ? 'Applied by the API server'
          : back
            ? 'Stopped on the way'
            : `Step ${cluster.done + 1} of ${steps}`,
      },
    ],
    state: applied ? 'done' : back || state.life === 'closed' ? 'failed' : 'active',
    ...(last === undefined || back ? {} : { detail: [{ code: last }] }),
  };
  const verify: Step = {
    id: 'verify',
    label: [
      {
        text:
          change.verified === true
            ? 'Verified by looking at everything again'
            : change.verified === false
              ? 'Not verified'
              : 'Look at everything again',
      },
    ],
    state:
      change.verified === true
        ? 'done'
        : change.verified === false
          ? 'failed'
          : applied && !back
            ? 'active'
            : 'pending',
    ...(change.seen === null ? {} : { detail: [{ text: change.seen }] }),
  };
  if (!back) return [apply, verify];
  const taking = takingBack(state, plan?.undo.length ?? 0, cluster);
  return change.verified === null ? [apply, taking] : [apply, verify, taking];
}

function takingBack({ outcome }: IncidentState, steps: number, { done, stuck }: ClusterChange): Step {
  const over = outcome !== null;
  const [first] = stuck;
  const whole = first === undefined;
  return {
    id: 'settle',
    label: [
      {
        text: !over
          ? `Taking it back, step ${Math.min(done + 1, steps)} of ${steps}`
          : whole
            ? 'Taken back'
            : 'Not everything could be taken back',
      },
    ],
    state: !over ? 'active' : whole ? 'done' : 'failed',
    ...(whole ? {} : { detail: [{ code: first }] }),
  };
}
