import type { IncidentState, Plan } from '../model/index.ts';
import type { Ports } from './ports.ts';

/**
 * Why a change must not begin, or go on, because somebody has revoked its approval or stopped it, one sentence; `null` where nobody
 * has. Asked of the journal at that moment: the effect may have waited, and opening a door takes seconds.
 */
export async function revoked(
  { journal }: Pick<Ports, 'journal'>,
  state: IncidentState,
  plan: Plan,
): Promise<string | null> {
  const { change, offers } = (await journal.load(state.id))?.state ?? state;
  if (change?.plan !== plan.id || change.stopped === undefined) return null;
  const taken = offers.find((offer) => offer.plan.id === plan.id)?.revoked;
  return taken === undefined
    ? `${change.stopped.name} stopped it before it had begun.`
    : `${taken.by.name} revoked its approval before it had begun.`;
}
