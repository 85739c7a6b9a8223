import type { Effect, Happening, KubernetesPatch } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import { passing } from '../passing.ts';
import type { Ports } from '../ports.ts';

type Rehearse = Extract<Effect, { do: 'rehearse' }>;

/**
 * Asks the API server what each patch of a plan would change, by its own dry-run. Later patches are asked as if the earlier ones were not there.
 * Throws ClusterError where it may answer a moment later.
 */
export async function rehearse({ cluster }: Ports, { plan }: Rehearse): Promise<Happening> {
  const told: string[] = [];
  const patches = plan.steps.filter((step): step is KubernetesPatch => step.kind === 'kubernetes-patch');
  const base = { is: 'rehearsed', plan: plan.id } as const;
  try {
    for (const step of patches) {
      const answer = await cluster.rehearse(step);
      if (answer.is === 'refused') return { ...base, difference: [], failure: answer.detail };
      told.push(
        `${step.object.kind} ${step.object.namespace ?? ''}${step.object.namespace === null ? '' : '/'}${step.object.name}`,
      );
      told.push(...answer.difference);
    }
    return { ...base, difference: told };
  } catch (error) {
    if (!(error instanceof ClusterError) || passing(error)) throw error;
    return { ...base, difference: [], failure: error.message };
  }
}
