import type { Effect, Happening, IncidentState } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';
import { WatchFailed, watching } from '../watching.ts';

type Watch = Extract<Effect, { do: 'watch' }>;

/** Provokes the symptom and watches it. A watch that cannot be held is a gap with its reason, never an answer. */
export async function watch(ports: Ports, state: IncidentState, effect: Watch): Promise<Happening> {
  const target = targetOf(ports, state, 'subject');
  if (target === null) return { is: 'watch-failed', gap: 'unreachable', sentence: 'Nobody knows where the node is.' };
  const reached = await ports.nodes.open(target);
  if (!reached.reached)
    return { is: 'watch-failed', gap: reached.gap, sentence: `No packets could be captured: ${reached.sentence}` };
  try {
    return { is: 'watched', watched: await watching(ports, state, reached.session, effect, 'watch', 2) };
  } catch (error) {
    if (!(error instanceof WatchFailed)) throw error;
    return { is: 'watch-failed', gap: 'unreachable', sentence: error.message };
  } finally {
    await reached.session.close();
  }
}
