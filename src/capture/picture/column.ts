import type { CaptureStory, Encapsulation, Sent } from '../../model/index.ts';
import { pointsShown } from '../shown.ts';
import { hostSide } from '../way.ts';

/** One vertical line of the picture: who sends, a watched device, or who should answer. */
export interface Column {
  readonly is: 'sender' | 'point' | 'target';
  /** Index into the story's points; `null` for sender and target, which nobody watches. */
  readonly point: number | null;
  /** The node that it lies in; `null` where that is not known. */
  readonly node: string | null;
  readonly name: string;
  /** Smaller words beneath the name. */
  readonly detail: readonly string[];
  /** Its capture is not whole: what it does not show proves nothing. */
  readonly blind: boolean;
}

/**
 * The columns from left to right: the sender, the points that requests pass in their order, the target, and behind it the points
 * that no request has to pass, so that an answer which takes the wrong way out leaves on the wrong side. Watched on the
 * sender's own node, the target lies beyond all points.
 */
export function columnsOf(story: CaptureStory, sent: Sent): readonly Column[] {
  const shown = pointsShown(story);
  // People's name lookups are those of pods here.
  const home = sent.behind === undefined ? sent.node : (story.points[0]?.node ?? sent.node);
  const passed = shown.filter((point) => story.points[point]?.node === sent.node || onWay(story, point));
  const last = story.points[passed.at(-1) ?? 0];
  const away = last !== undefined && hostSide(last) && passed.length > 1;
  const beyond = last === undefined || (last.node === home && !away);
  const point = (index: number): Column => ({
    is: 'point',
    point: index,
    node: story.points[index]?.node ?? null,
    name: story.points[index]?.device ?? '',
    detail: carriedAt(story, index),
    blind: story.unseen?.some((unseen) => unseen.point === index) === true,
  });
  const sender = { is: 'sender', point: null, node: home, name: 'sender', blind: false } as const;
  const target = { is: 'target', point: null, node: beyond ? null : last.node, blind: false } as const;
  return [
    { ...sender, detail: story.points[0]?.node === home ? fromAddress(sent) : [sent.node] },
    ...passed.map(point),
    { ...target, name: !beyond && hostSide(last) ? 'pod' : 'target', detail: toAddress(sent) },
    ...shown.filter((index) => !passed.includes(index)).map(point),
  ];
}

/** Whether requests were seen there, or have to pass there. */
function onWay(story: CaptureStory, point: number): boolean {
  return point === 0 || (story.requestsAt[point] ?? 0) > 0 || hasToPass(story, point);
}

/** Whether a request that came in has to pass here on its way to the target. */
export function hasToPass({ points }: CaptureStory, index: number): boolean {
  const point = points[index];
  if (point === undefined) return false;
  return points.some(({ onWay }) => onWay !== undefined) ? point.onWay === true : hostSide(point);
}

const CARRIERS: Readonly<Record<Encapsulation, string>> = {
  vxlan: 'in VXLAN',
  geneve: 'in Geneve',
  ipip: 'in IPIP',
  sit: 'in SIT',
  ip6tnl: 'in IPv6',
};

/** What the packets are carried in when they pass here. */
function carriedAt({ ladder }: CaptureStory, index: number): string[] {
  const carried = ladder.find((sighting) => sighting.point === index && sighting.carried !== undefined)?.carried;
  return carried === undefined ? [] : [CARRIERS[carried.by]];
}

function fromAddress({ source }: Sent): string[] {
  return source === null ? [] : [source];
}

function toAddress({ to, port }: Sent): string[] {
  return port === null ? [to] : [to, `port ${port}`];
}
