import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import type { Ports } from '../ports.ts';

type Show = Extract<Effect, { do: 'show' }>;

/** Posts or updates one message; `null` where a later revision has overtaken this one and will be shown instead. */
export async function show(ports: Ports, state: IncidentState, effect: Show): Promise<Happening | null> {
  const telling = state.telling[effect.slot];
  if (telling === undefined || telling.revision > effect.revision) return null;
  const ref = await ports.thread.show(state.place, effect.slot, telling.message, telling.ref);
  return { is: 'shown', slot: effect.slot, ref, thread: effect.slot === 'live' ? ref : null };
}
