import type { ClusterStep, Plan, PlanStep, Precondition } from '../../model/index.ts';
import { changesCluster, clusterSteps, nodeCommands } from '../../model/index.ts';

/** What undoes a plan, and what undoes that again; or why nothing undoes it exactly, one clause. */
export type Inverse =
  | { readonly steps: readonly PlanStep[]; readonly undo: readonly PlanStep[] }
  | { readonly inexact: string };

/**
 * The plan the other way round. A plan of the node is undone by its own undo, which it kept for its rollback. A plan of Kubernetes steps
 * only where each pod that it restarted is restarted again: a deleted pod stays gone, and where the way back leaves the new one as it
 * is, running pods and object differ, or a restart would do harm.
 */
export function inverseOf(plan: Plan): Inverse {
  const { steps, undo } = plan;
  if (!changesCluster(plan))
    return undo.length === 0 ? { inexact: 'it kept nothing to undo it with' } : { steps: undo, undo: steps };
  const gone = deletions(steps);
  const back = new Set(deletions(undo).map(({ owner }) => owner));
  const [lost] = gone.filter(({ owner }) => !back.has(owner));
  if (lost !== undefined && !lost.owner.startsWith('DaemonSet/'))
    return { inexact: 'a deleted pod stays gone, and its owner has made another one' };
  if (undo.length === 0)
    return { inexact: `it restarted a pod of ${lost?.owner ?? 'the cluster'}, and that has no opposite` };
  if (lost !== undefined)
    return {
      inexact: `the pod of ${lost.owner} on ${lost.node} would go on as it is, because a restart with the former settings would do harm`,
    };
  return { steps: undo, undo: clusterSteps(steps).map(byThen) };
}

/** What must be so for a plan to be undone without losing what others wrote since: files hold what the plan put there. */
export function leftBehind({ steps }: Plan): readonly Precondition[] {
  return nodeCommands(steps).flatMap(({ argv, stdin }) => {
    const path = argv.at(-1);
    return stdin === undefined || argv[0] !== 'install' || path === undefined
      ? []
      : [{ argv: ['cat', path], stdout: stdin }];
  });
}

function deletions(steps: readonly PlanStep[]) {
  return steps.filter((step) => step.kind === 'pod-delete');
}

/** The pods of a plan have gone; to take its inverse back, those that are there by then go. */
function byThen(step: ClusterStep): ClusterStep {
  return step.kind === 'pod-delete' ? { ...step, name: null, uid: null } : step;
}
