import type { Change, IncidentState } from '../model/index.ts';

/** Whether an earlier change of this incident has mended the node; stages on the way to a repair do not count. */
export function repairedBefore({ past, offers }: IncidentState): boolean {
  return past.some(({ plan: id, entry }) => {
    const plan = offers.find(({ plan }) => plan.id === id)?.plan;
    return entry?.state === 'confirmed' && plan !== undefined && mends(plan);
  });
}

/** Whether the symptom should be gone after this plan. */
export function mends({ stage }: { readonly stage: { readonly at: number; readonly of: number } | null }): boolean {
  return stage === null || stage.at === stage.of;
}

/** The change to tell of: the present one, else the last one that is over. */
export function lastChange({ change, past }: IncidentState): Change | null {
  return change ?? past.at(-1) ?? null;
}
