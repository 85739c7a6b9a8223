import type { ClusterChange, Plan, PlanStep, Stepped } from '../../model/index.ts';
import { mayRoll } from './roll-out.ts';
import { want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Asks for the present step, or first for what it will be compared with. */
export function wantStep(turn: Turn, plan: Plan, cluster: ClusterChange): void {
  const { approval, list, done: nth, there, before, health } = cluster;
  if (!isReady(plan, cluster)) return want(turn, { do: 'prepare', plan, approval, list, nth });
  const known = health === undefined ? {} : { health };
  want(turn, { do: 'cluster-step', plan, approval, list, nth, there: there ?? [], before, ...known });
}

/** A deletion and a roll-out have to know the pods that there were, and the first step the node state. */
export function isReady(plan: Plan, cluster: ClusterChange): boolean {
  const first = isFirst({ list: cluster.list, nth: cluster.done });
  const step = stepOf(plan, cluster);
  const rolling = cluster.list === 'apply' && mayRoll(step);
  return cluster.there !== null || !(first || rolling || step?.kind === 'pod-delete');
}

/** Before the first step of a plan nothing has been changed yet. */
export function isFirst({ list, nth }: Pick<Stepped, 'list' | 'nth'>): boolean {
  return list === 'apply' && nth === 0;
}

/** The step under way; `undefined` where the list is at its end. */
export function stepOf(plan: Plan, { list, done }: ClusterChange): PlanStep | undefined {
  return (list === 'apply' ? plan.steps : plan.undo)[done];
}
