import type { CaptureStory } from '../../model/index.ts';
import type { ipRouteGet } from '../../probe/index.ts';
import type { Stage } from './stages.ts';
import type { Traffic } from './traffic.ts';

/** What the captures say of one decision. */
export interface Captured {
  /** How many packets came in and left there; `null` where nobody watched. */
  readonly counts: string | null;
  /** Why, by the captures alone, packets got no further although the lookup lets them pass; `null` where they did, or nobody watched. */
  readonly lost: string | null;
}

const STOPPED = 'Routing lets it through, and yet it goes no further here: something other than routing stops it.';
const NEVER = 'It never came to this node: it is lost between the nodes.';
const SILENT = 'Routing would send it, and yet nothing was sent: the node drops the packets, or nobody takes them.';

/** Counts our packets at the devices of one stage. A tunnel's outer packets are not ours. */
export function captured(stage: Stage, traffic: Traffic, { device }: ReturnType<typeof ipRouteGet.parse>): Captured {
  const { way, end, lookup, wanted, outer } = stage;
  const { sent, story, podDevice, own, wire } = traffic;
  if (outer === true) return { counts: null, lost: null };
  const seen = (name: string | null | undefined, at: readonly number[]): number | null =>
    seenAt(story, end.node.name, name ?? null, at);
  const ours = way === 'there' ? story.requestsAt : story.answersAt;
  const iif = lookup?.['iif'];
  const on = wanted === 'taken' ? null : (device ?? (way === 'there' && !own ? podDevice : null));
  const [came, went] = [seen(iif, ours), seen(on, ours)];
  const counts = [
    ...(came === null ? [] : [`${came} of ${sent.count} came in by ${iif ?? ''}`]),
    ...(went === null ? [] : [`${went} of ${sent.count} left by ${on ?? ''}`]),
  ].join(', ');
  const arrived = (came ?? 0) > 0;
  const refused = story.refusalsAt.some((count) => count > 0);
  const never = way === 'there' && came === 0;
  const stopped = arrived && went === 0 && on === device;
  const notTaken = arrived && way === 'back' && wanted === 'taken' && sent.answered === 0;
  const asked = seen(wire, story.requestsAt) ?? 0;
  const silent = way === 'back' && own && iif === undefined && went === 0 && asked > 0 && !refused;
  const lost = never ? NEVER : silent ? SILENT : stopped || notTaken ? STOPPED : null;
  return { counts: counts === '' ? null : `Captured: ${counts}.`, lost: sent.count === 0 ? null : lost };
}

/** How many of the packets were seen at a device; `null` where nobody watched it, or not all the time. */
function seenAt(
  { points, unseen = [] }: CaptureStory,
  node: string,
  device: string | null,
  counts: readonly number[],
): number | null {
  const point = points.findIndex((one) => one.node === node && one.device === device);
  return point < 0 || unseen.some((gap) => gap.point === point) ? null : (counts[point] ?? null);
}
