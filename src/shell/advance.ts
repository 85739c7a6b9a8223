import { step } from '../incident/index.ts';
import type { Event, Happening, IncidentState } from '../model/index.ts';
import type { LeasedEffect } from '../port.ts';
import type { Commons } from './ports.ts';

/** What became of taking in one happening. */
export type Taken =
  | { readonly is: 'written'; readonly state: IncidentState }
  | { readonly is: 'seen' | 'fenced' | 'absent' };

/** More collisions than the few writers of one incident can cause; beyond it something is wrong. */
const TRIES = 20;

/**
 * Takes one happening in: loads the incident, steps the fold, and writes state, event, effects and audit in one
 * transaction. Another writer in between only means another try, on the newer state.
 */
export async function take(
  ports: Commons,
  incident: string,
  happening: Happening,
  cause: { readonly ends?: LeasedEffect; readonly inbox?: string } = {},
): Promise<Taken> {
  const event: Event = { at: ports.clock.now(), seed: ports.ids.token(), ...happening };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await ports.journal.load(incident);
    if (stored === null && happening.is !== 'opened') return { is: 'absent' };
    const { state, effects, audit } = step(ports.house, stored?.state ?? null, event);
    const advanced = await ports.journal.advance({
      incident,
      from: stored?.version ?? 0,
      event,
      state,
      effects,
      audit,
      ...(cause.ends === undefined ? {} : { ends: { key: cause.ends.effect.key, fence: cause.ends.fence } }),
      ...(cause.inbox === undefined ? {} : { inbox: cause.inbox }),
    });
    if (advanced === 'written') {
      ports.written?.(state);
      return { is: 'written', state };
    }
    if (advanced !== 'stale') return { is: advanced };
  }
  throw new Error(`incident ${incident} is written by too many at once`);
}
