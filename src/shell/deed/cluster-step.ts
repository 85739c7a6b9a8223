import type { Effect, Happening, IncidentState, PodDelete, Stepped } from '../../model/index.ts';
import { stoppedSentence, SWITCH, switchAfter } from '../../incident/index.ts';
import { ClusterError } from '../../port.ts';
import { stateDifference } from '../kept-state.ts';
import { regression } from '../node-health.ts';
import { notApproved } from '../not-approved.ts';
import { passing } from '../passing.ts';
import type { Ports } from '../ports.ts';
import { replacePod } from '../replace-pod.ts';
import { watchRollOut } from '../roll-out.ts';
import { revoked } from '../revoked.ts';

type ClusterStep = Extract<Effect, { do: 'cluster-step' }>;
type Told = Pick<Stepped, 'outcome' | 'detail'>;

/**
 * Does one Kubernetes step of an approved plan. Doing it again after a crash is harmless: a patched object bears the fix id, and which
 * pods there were before is in the journal. Throws ClusterError where the API server may answer a moment later.
 */
export async function clusterStep(ports: Ports, state: IncidentState, deed: ClusterStep): Promise<Happening> {
  const { plan, list, nth, approval } = deed;
  const base = { is: 'stepped', plan: plan.id, list, nth } as const;
  const against = notApproved(plan, approval, 0);
  if (against !== null) return { ...base, outcome: 'refused', detail: against };
  if (list === 'apply' && nth === 0 && ports.clock.now() >= approval.expiresAt + BEGUN_MS)
    return { ...base, ...TOO_LATE };
  const stopped = list === 'apply' ? switchAfter(await ports.journal.audit(SWITCH)) : null;
  if (stopped !== null && nth > 0) return { ...base, outcome: 'failed', detail: stoppedSentence(stopped) };
  const taken = list === 'apply' ? await revoked(ports, state, plan) : null;
  if (taken !== null) return { ...base, ...(await notBegun(ports, deed, taken)) };
  const told = await watched(ports, state, deed, await carryOut(ports, deed));
  const last = nth + 1 === (list === 'apply' ? plan.steps : plan.undo).length;
  if (!last || (list === 'apply' && told.outcome !== 'done')) return { ...base, ...told };
  return { ...base, ...told, difference: await stateDifference(ports, state, deed.before) };
}

/** What was prepared in time may still begin; later, nobody thinks of the approval any more. */
const BEGUN_MS = 60_000;

/** An earlier run may have done it before netdiag died, so it is not called undone: what it did is taken back. */
const TOO_LATE: Told = {
  outcome: 'failed',
  detail: 'The approval expired before it was certain that this step was done.',
};

/**
 * Somebody has revoked the approval before this step. A pod that is still there was not deleted; whether an earlier run has patched an
 * object is not certain, so that is taken back, which leaves an object alone that was not patched.
 */
async function notBegun({ cluster }: Ports, { plan, nth }: ClusterStep, why: string): Promise<Told> {
  const step = plan.steps[nth];
  if (nth > 0 || step?.kind !== 'pod-delete') return { outcome: 'failed', detail: why };
  const there = await cluster.podsOf(step.namespace, step.owner);
  return { outcome: there.some(({ uid }) => uid === step.uid) ? 'refused' : 'failed', detail: why };
}

async function carryOut({ cluster, clock }: Ports, { plan, list, nth, there }: ClusterStep): Promise<Told> {
  const step = (list === 'apply' ? plan.steps : plan.undo)[nth];
  if (step === undefined || step.kind === 'node-command')
    return { outcome: 'refused', detail: 'This step is not one that the API server carries out.' };
  try {
    if (step.kind === 'pod-delete')
      return await replacePod(cluster, clock, step, { there, spared: sparedBy(plan, step) });
    const granted = await cluster.patch(step, plan.id, list === 'apply' ? 'effect' : 'back');
    return { outcome: granted.is, detail: granted.detail };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return { outcome: error.gap === 'denied' ? 'refused' : 'failed', detail: error.message };
  }
}

/** The nodes that a step concerns are to be as well as before, one after the other; at the first one that is not, it has failed. */
async function watched(ports: Ports, state: IncidentState, deed: ClusterStep, told: Told): Promise<Told> {
  const { plan, list, nth, there, health = [] } = deed;
  const step = plan.steps[nth];
  if (list === 'undo' || told.outcome !== 'done' || step === undefined || health.length === 0) return told;
  try {
    if (step.kind === 'kubernetes-patch') {
      const rolled = await watchRollOut(ports, state, step, there, health);
      return { outcome: rolled.outcome, detail: `${told.detail} ${rolled.detail}` };
    }
    const [before] = health;
    const worse = before === undefined ? null : await regression(ports, state, before);
    return worse === null ? told : { outcome: 'failed', detail: `${told.detail} But ${worse}.` };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return {
      outcome: 'failed',
      detail: `${told.detail} Whether its node is as well as before could not be seen: ${error.message}`,
    };
  }
}

/** Pods that the plan was to delete: one that is still there when the plan is taken back was never deleted. */
function sparedBy({ steps }: ClusterStep['plan'], { uid }: PodDelete): readonly string[] {
  if (uid !== null) return [];
  return steps.flatMap((step) => (step.kind === 'pod-delete' && step.uid !== null ? [step.uid] : []));
}
