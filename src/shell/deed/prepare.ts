import { mayRoll, rolls } from '../../incident/index.ts';
import type { Digest, Effect, Happening, IncidentState, PlanStep, PodFacts } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { skewObjection } from '../clock-skew.ts';
import { keepState, nodeState } from '../kept-state.ts';
import { againstBeginning } from '../may-begin.ts';
import { healthOf } from '../node-health.ts';
import { MOST_ROLLED } from '../roll-out.ts';
import { notApproved } from '../not-approved.ts';
import { passing } from '../passing.ts';
import type { Ports } from '../ports.ts';
import { otherThan } from '../same-node.ts';

type Prepare = Extract<Effect, { do: 'prepare' }>;

/**
 * Reads what a Kubernetes step is compared with once it is done: the node's state before the first step, and the pods of the owner
 * before a deletion. Nothing is changed, so here is where a plan that is not the approved one, came too late, or is for another machine
 * is refused. Throws ClusterError where the API server may answer a moment later.
 */
export async function prepare(
  ports: Ports,
  state: IncidentState,
  { plan, list, nth, approval }: Prepare,
): Promise<Happening> {
  const base = { is: 'prepared', plan: plan.id, list, nth } as const;
  const first = list === 'apply' && nth === 0;
  const refused = (refusal: string): Happening => ({ ...base, there: [], before: null, refusal });
  const against = notApproved(plan, approval, first ? ports.clock.now() : 0);
  if (against !== null) return refused(against);
  let before: Digest | null = null;
  if (first) {
    const seen = await nodeState(ports, state);
    const other = seen === null ? null : otherThan(plan.node, seen.identity);
    if (other !== null) return refused(other);
    const skewed = seen === null ? null : skewObjection(plan.node.name, seen.skew);
    const held = skewed ?? (await againstBeginning(ports, plan));
    if (held !== null) return { ...base, there: [], before: null, held };
    before = await keepState(ports, seen?.lines ?? null);
  }
  try {
    const step = (list === 'apply' ? plan.steps : plan.undo)[nth];
    const pods = await podsBefore(ports, list, step);
    const told = { ...base, there: pods.map(({ uid }) => uid).toSorted(), before };
    if (list === 'undo' || step === undefined || pods.length === 0) return told;
    const nodes = step.kind === 'pod-delete' ? [step.node] : [...new Set(pods.flatMap(({ node }) => node ?? []))];
    if (nodes.length > MOST_ROLLED) return refused(tooWide(step, nodes.length));
    return { ...told, health: await healthOf(ports, state, nodes.toSorted()) };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return refused(error.message);
  }
}

/** The pods of the owner, where the step deletes one of them, or makes the owner replace them by itself. */
async function podsBefore(
  { cluster }: Ports,
  list: Prepare['list'],
  step: PlanStep | undefined,
): Promise<readonly PodFacts[]> {
  if (step?.kind === 'pod-delete') return cluster.podsOf(step.namespace, step.owner);
  if (list === 'undo' || !mayRoll(step) || !rolls(step, await cluster.cni())) return [];
  return cluster.podsOf(step.object.namespace ?? '', `DaemonSet/${step.object.name}`);
}

function tooWide(step: PlanStep, nodes: number): string {
  const name = step.kind === 'kubernetes-patch' ? step.object.name : '';
  return `DaemonSet ${name} would roll over ${nodes} nodes by itself, and I watch at most ${MOST_ROLLED}: set its updateStrategy to OnDelete first.`;
}
