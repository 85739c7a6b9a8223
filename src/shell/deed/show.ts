import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import { sha256 } from '../../model/hash.ts';
import type { Ports } from '../ports.ts';

type Show = Extract<Effect, { do: 'show' }>;

/**
 * Posts or updates one message; `null` where a later revision has overtaken this one and will be shown instead. Where an earlier
 * try, or one of an earlier revision, may have posted it, the chat is to look for it first.
 */
export async function show(ports: Ports, state: IncidentState, effect: Show, attempt = 1): Promise<Happening | null> {
  const telling = state.telling[effect.slot];
  if (telling === undefined || telling.revision > effect.revision) return null;
  const ref = await ports.thread.show(state.place, effect.slot, telling.message, telling.ref, {
    id: sha256(`${state.id} ${effect.slot}`).slice(0, 32),
    since: state.openedAt,
    perhaps: attempt > 1 || effect.revision > 1,
  });
  return { is: 'shown', slot: effect.slot, ref, thread: effect.slot === 'live' ? ref : null };
}
