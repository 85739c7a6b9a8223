import type { ClusterChange, Plan, PlanStep, Stepped } from '../model/index.ts';
import { want } from './turn.ts';
import type { Turn } from './turn.ts';

/** Asks for the present step, or first for what it will be compared with. */
export function wantStep(turn: Turn, plan: Plan, cluster: ClusterChange): void {
  const { approval, list, done: at, there, before } = cluster;
  if (!isReady(plan, cluster)) return want(turn, { do: 'prepare', plan, approval, list, at });
  want(turn, { do: 'cluster-step', plan, approval, list, at, there: there ?? [], before });
}

/** A deletion has to know the pods that there were, and the first step the node state. */
export function isReady(plan: Plan, cluster: ClusterChange): boolean {
  const first = isFirst({ list: cluster.list, at: cluster.done });
  return cluster.there !== null || !(first || stepOf(plan, cluster)?.kind === 'pod-delete');
}

/** Before the first step of a plan nothing has been changed yet. */
export function isFirst({ list, at }: Pick<Stepped, 'list' | 'at'>): boolean {
  return list === 'apply' && at === 0;
}

/** The step under way; `undefined` where the list is at its end. */
export function stepOf(plan: Plan, { list, done }: ClusterChange): PlanStep | undefined {
  return (list === 'apply' ? plan.steps : plan.undo)[done];
}
