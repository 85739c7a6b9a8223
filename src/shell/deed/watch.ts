import type { Effect, Happening, IncidentState, Watched } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';
import { watchingUsers } from '../watch/users.ts';
import { WatchFailed, watching } from '../watching.ts';

/** Two rounds of marked packets, with a quiet window between. */
const ROUNDS = 2;

/** Provokes the symptom and watches it. A watch that cannot be held is a gap with its reason, never an answer. */
export function watch(
  ports: Ports,
  state: IncidentState,
  effect: Extract<Effect, { do: 'watch' }>,
): Promise<Happening> {
  return held(ports, state, (subject) => watching(ports, state, subject, effect, 'watch', ROUNDS));
}

/** Watches while people repeat what fails for them. */
export function watchUsers(
  ports: Ports,
  state: IncidentState,
  effect: Extract<Effect, { do: 'watch-users' }>,
): Promise<Happening> {
  return held(ports, state, (subject) => watchingUsers(ports, state, subject, effect, 'watch'));
}

async function held(
  ports: Ports,
  state: IncidentState,
  watching: (subject: NodeSession) => Promise<Watched>,
): Promise<Happening> {
  const target = targetOf(ports, state, 'subject');
  const deaf = { is: 'watch-failed', deaf: true } as const;
  if (target === null) return { ...deaf, gap: 'unreachable', sentence: 'Nobody knows where the node is.' };
  const reached = await ports.nodes.open(target);
  if (!reached.reached)
    return { ...deaf, gap: reached.gap, sentence: `No packets could be captured: ${reached.sentence}` };
  try {
    return { is: 'watched', watched: await watching(reached.session) };
  } catch (error) {
    if (!(error instanceof WatchFailed)) throw error;
    return { is: 'watch-failed', gap: 'unreachable', sentence: error.message };
  } finally {
    await reached.session.close();
  }
}
