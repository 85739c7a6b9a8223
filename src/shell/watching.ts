import { story } from '../capture/index.ts';
import type { CapturePoint, IncidentState, StimulusPlan, Watched, WatchPlan } from '../model/index.ts';
import type { NodeSession } from '../port.ts';
import { stimulusById } from '../stimulus/index.ts';
import type { Ports } from './ports.ts';
import { targetOf } from './target.ts';
import { WatchFailed } from './watch/failed.ts';
import { keepCaptures, listen } from './watch/listening.ts';
import { rises } from './watch/rises.ts';
import { others } from './watch/others.ts';
import { provoked } from './watch/provoked.ts';
import { Sender, together } from './watch/sending.ts';
import { counting, tracksConnections } from './watch/tally.ts';

export { WatchFailed };

/** What is sent, and where it is watched. */
export interface WatchOrder {
  readonly stimulus: StimulusPlan;
  readonly watch: WatchPlan;
}

/**
 * Sends the marked packets while capturing at every point at once: one round of them, or two with a quiet window between, and
 * then the subject's counters are read around each. `subject` stands on the subject; other points' nodes are opened here.
 * Throws WatchFailed.
 */
export async function watching(
  ports: Ports,
  state: IncidentState,
  subject: NodeSession,
  { stimulus: plan, watch }: WatchOrder,
  key: string,
  rounds: 1 | 2 = 1,
): Promise<Watched> {
  const stimulus = stimulusById(plan.stimulus);
  const target = targetOf(ports, state, plan.from);
  if (stimulus === null || target === null) throw new WatchFailed('Nobody is there to send the marked packets.');
  const reached = await ports.nodes.open(target);
  if (!reached.reached)
    throw new WatchFailed(`No marked packets could be sent from ${target.name}: ${reached.sentence}`);
  const named = `${key}/${plan.to}`;
  const sender = new Sender(reached.session, stimulus, plan, { role: plan.from, node: target.name }, named);
  const more = await others(ports, state, watch.points, ['subject', plan.from]);
  try {
    const marks = stimulus.marks(plan, rounds, ports.ids);
    const on = ({ role }: CapturePoint): NodeSession | null =>
      role === 'subject' ? subject : role === plan.from ? reached.session : (more.get(role) ?? null);
    const listening = await listen(watch, on, named);
    try {
      const devices = watch.points.filter(({ role }) => role === 'subject').map(({ device }) => device);
      const read = counting(subject, devices, tracksConnections(state), `${named}/count`);
      const { sent, tallies } = await provoked(ports, sender, marks, read);
      const pcaps = await listening.stop();
      const all = together(sent);
      const told = story(watch.points, pcaps, all);
      const counted =
        tallies === null
          ? { counters: [] }
          : await rises(
              ports,
              tallies,
              sent.map(({ count }) => count),
            );
      return { sent: all, captures: await keepCaptures(ports, watch.points, pcaps, told), story: told, ...counted };
    } finally {
      await listening.stop();
    }
  } finally {
    await Promise.all([reached.session, ...more.values()].map((session) => session.close()));
  }
}
