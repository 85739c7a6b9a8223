import type { CniFacts, KubernetesPatch, PlanStep } from '../../model/index.ts';

/**
 * Whether a step may make a DaemonSet replace its pods by itself: it changes the template, or lets it roll. Then which pods there are,
 * and how well their nodes are, has to be known before. https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 */
export function mayRoll(step: PlanStep | undefined): step is KubernetesPatch {
  if (step?.kind !== 'kubernetes-patch' || step.object.kind !== 'DaemonSet') return false;
  return part(step, 'template') !== undefined || strategyOf(step) === 'RollingUpdate';
}

/** Whether it does, the DaemonSet being as it is: with OnDelete a pod gets the new template only when somebody deletes it. */
export function rolls(step: KubernetesPatch, { daemonSet, workload }: CniFacts): boolean {
  const { namespace, name } = step.object;
  const now = daemonSet === `${namespace ?? ''}/${name}` ? workload?.updateStrategy : undefined;
  // What is not known rolls: RollingUpdate is what a DaemonSet does unless it says otherwise.
  return mayRoll(step) && (strategyOf(step) ?? now ?? 'RollingUpdate') === 'RollingUpdate';
}

function strategyOf(step: KubernetesPatch): unknown {
  const strategy = part(step, 'updateStrategy');
  return typeof strategy === 'object' && strategy !== null && 'type' in strategy ? strategy.type : undefined;
}

function part({ patch }: KubernetesPatch, key: string): unknown {
  const { spec } = patch;
  return typeof spec === 'object' && spec !== null && !Array.isArray(spec) && key in spec
    ? (spec as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
