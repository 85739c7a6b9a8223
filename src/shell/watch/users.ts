import { usersStory } from '../../capture/index.ts';
import type { ExpectedTraffic, IncidentState, Watched, WatchPlan } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Ports } from '../ports.ts';
import { keepCaptures, listen } from './listening.ts';
import { others } from './others.ts';
import { rises } from './rises.ts';
import { counting, tracksConnections } from './tally.ts';

/** How long people have to repeat what fails for them. */
export const USERS_MS = 20_000;
/** Afterwards, so that a counter that rises by itself is told from theirs. */
const QUIET_MS = 4_000;

/**
 * Watches while people repeat what fails for them, because nobody is there to send marked packets: captures at every point at once
 * for 20 s, or until the signal aborts, and the subject's counters around. Attempts, answers and refusals are counted as marked
 * packets are; `sent.by` is `user`. The limits of the watch have to allow for the time.
 */
export async function watchingUsers(
  ports: Ports,
  state: IncidentState,
  subject: NodeSession,
  { expected, watch }: { readonly expected: ExpectedTraffic; readonly watch: WatchPlan },
  key: string,
  signal?: AbortSignal,
): Promise<Watched> {
  const named = `${key}/users/${expected.to}`;
  const more = await others(ports, state, watch.points, ['subject']);
  try {
    const on = ({ role }: WatchPlan['points'][number]): NodeSession | null =>
      role === 'subject' ? subject : (more.get(role) ?? null);
    const listening = await listen(watch, on, named);
    try {
      const devices = watch.points.filter(({ role }) => role === 'subject').map(({ device }) => device);
      const read = counting(subject, devices, tracksConnections(state), `${named}/count`);
      const before = await read('before');
      await ports.clock.sleep(USERS_MS, signal);
      const after = await read('after');
      const pcaps = await listening.stop();
      await ports.clock.sleep(QUIET_MS);
      const quiet = { before: after, after: await read('quiet') };
      const { story, sent, packets } = usersStory(watch.points, pcaps, expected, 'farEnd');
      const counted = await rises(ports, { rounds: [{ before, after }], quiet }, [packets]);
      return { sent, captures: await keepCaptures(ports, watch.points, pcaps, story), story, ...counted };
    } finally {
      await listening.stop();
    }
  } finally {
    await Promise.all([...more.values()].map((session) => session.close()));
  }
}
