import type { Change, Finding, IncidentState, Offer, Plan } from '../../model/index.ts';

/**
 * Whether an earlier change of this incident has mended the node. Stages on the way to a repair do not count, nor does the mending of
 * one of two causes.
 */
export function repairedBefore({ past, offers }: Pick<IncidentState, 'past' | 'offers'>): boolean {
  return past.some((change) => {
    const plan = offers.find(({ plan }) => plan.id === change.plan)?.plan;
    return stays(change) && change.leaves === undefined && plan !== undefined && mends(plan);
  });
}

/** Changes that stay, the first one first. */
export function keptChanges({ past, change }: Pick<IncidentState, 'past' | 'change'>): readonly Change[] {
  return [...past, ...(change === null ? [] : [change])].filter(stays);
}

/** It was confirmed, and nobody has undone it since. */
function stays({ entry, undone }: Change): boolean {
  return entry?.state === 'confirmed' && undone === undefined;
}

/** Every change that stays on the node or in the cluster, those that were made before the incident was looked at again first. */
export function everKept(state: Pick<IncidentState, 'past' | 'change' | 'earlier'>): readonly Change[] {
  const before = (state.earlier?.changes ?? []).filter(stays);
  return [...before, ...keptChanges(state)];
}

/** The offers that were made since the incident was opened, or looked at again. */
export function presentOffers({ offers, earlier }: Pick<IncidentState, 'offers' | 'earlier'>): readonly Offer[] {
  return offers.slice(earlier?.offers ?? 0);
}

/** Whether the symptom should be gone after this plan. */
export function mends({ stage }: { readonly stage: { readonly at: number; readonly of: number } | null }): boolean {
  return stage === null || stage.at === stage.of;
}

/** The change to tell of: the present one, else the last one that is over. */
export function lastChange({ change, past }: IncidentState): Change | null {
  return change ?? past.at(-1) ?? null;
}

/** Ids of the plans that were begun since the incident was opened, or opened again. */
export function plansRun({ past, change }: Pick<IncidentState, 'past' | 'change'>): ReadonlySet<string> {
  return new Set([...past, ...(change === null ? [] : [change])].map(({ plan }) => plan));
}

/** What a plan was to mend, as it was known when the plan was approved; `null` where that is not known any more. */
export function causeOf({ causes, findings }: Pick<IncidentState, 'causes' | 'findings'>, plan: Plan): Finding | null {
  return [...(causes ?? []), ...findings].find(({ code }) => code === plan.finding) ?? null;
}

/** What the changes that stay were to mend, each cause once, in the order of the changes. */
export function mendedCauses(state: IncidentState): readonly Finding[] {
  const plans = keptChanges(state).flatMap(
    ({ plan: id }) => state.offers.find(({ plan }) => plan.id === id)?.plan ?? [],
  );
  return [...new Set(plans.flatMap((plan) => causeOf(state, plan) ?? []))];
}
