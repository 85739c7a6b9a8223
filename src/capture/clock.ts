import type { CapturePoint, ClockOffset } from '../model/index.ts';
import { closed, consistent, type Gaps } from './gaps.ts';
import { crossingsOf } from './crossing.ts';
import type { Seen } from './seen.ts';

/** What the marked packets tell of the nodes' clocks. */
export interface Clocks {
  /** One entry for every node but the first point's. */
  readonly offsets: readonly ClockOffset[];
  /** A time of this point, by the clock of the first point's node. */
  shifted(point: number, at: number): number;
  /** Number of this point's node on the way of requests, counted from 0. */
  rank(point: number): number;
}

/** What one flow alone tells of one clock: it is ahead by no more, no less than this, µs. */
interface Window {
  atMost: number;
  atLeast: number;
}

/**
 * Compares the clocks of the points' nodes by packets that were seen on two of them: a packet arrives after it was sent, so
 * each crossing bounds the difference of two clocks on one side. Where packets crossed both ways, each flow has a window and
 * the offset is the median of the windows' middles (as NTP does, RFC 5905 8), kept within what all packets allow, so
 * that in the corrected order none arrives before it was sent. `null` where all points are on one node.
 */
export function clocksOf(points: readonly CapturePoint[], seen: readonly Seen[], sender: string): Clocks | null {
  const nodes = [...new Set(points.map(({ node }) => node))];
  if (nodes.length < 2) return null;
  const nodeOf = points.map(({ node }) => nodes.indexOf(node));
  const { ranks, crossings } = crossingsOf(nodeOf, seen, nodes.indexOf(sender));
  const gaps: Gaps = nodes.map((_, from) => nodes.map((_, to) => (from === to ? 0 : Infinity)));
  const windows = nodes.map(() => new Map<Seen['flow'], Window>());
  for (const { flow, from, to, gap } of crossings) {
    gaps[from]![to] = Math.min(gaps[from]![to]!, gap);
    if (from === 0) windowOf(windows[to]!, flow).atMost = Math.min(windowOf(windows[to]!, flow).atMost, gap);
    if (to === 0) windowOf(windows[from]!, flow).atLeast = Math.max(windowOf(windows[from]!, flow).atLeast, -gap);
  }
  const known = consistent(gaps);
  const within = closed(gaps, known);
  const shifts = nodes.map(() => 0);
  const placed = [0];
  for (const node of known.filter((node) => node !== 0)) {
    const most = Math.min(...placed.map((other) => shifts[other]! + within[other]![node]!));
    const least = Math.max(...placed.map((other) => shifts[other]! - within[node]![other]!));
    shifts[node] = Math.min(most, Math.max(least, preferred(windows[node]!, least, most)));
    placed.push(node);
  }
  const offsets = nodes.slice(1).map((name, index): ClockOffset => {
    const node = index + 1;
    if (!known.includes(node)) return { node: name, contradictory: true, shiftUs: 0 };
    return offsetOf(name, shifts[node]!, 0 - within[node]![0]!, within[0]![node]!);
  });
  return {
    offsets,
    shifted: (point, at) => at - (shifts[nodeOf[point]!] ?? 0),
    rank: (point) => ranks[nodeOf[point]!] ?? 0,
  };
}

function windowOf(windows: Map<Seen['flow'], Window>, flow: Seen['flow']): Window {
  const known = windows.get(flow);
  if (known !== undefined) return known;
  const window = { atMost: Infinity, atLeast: -Infinity };
  windows.set(flow, window);
  return window;
}

/** The median of the flows' middles; the middle of what all packets allow; with packets one way only, the least correction. */
function preferred(windows: ReadonlyMap<Seen['flow'], Window>, least: number, most: number): number {
  const middles = [...windows.values()]
    .map(({ atMost, atLeast }) => (atMost + atLeast) / 2)
    .filter((middle) => Number.isFinite(middle))
    .toSorted((a, b) => a - b);
  const median = middles[Math.floor(middles.length / 2)];
  if (median !== undefined) return Math.round(median);
  return Number.isFinite(least) && Number.isFinite(most) ? Math.round((least + most) / 2) : 0;
}

function offsetOf(node: string, shiftUs: number, atLeastUs: number, atMostUs: number): ClockOffset {
  const below = Number.isFinite(atLeastUs);
  const above = Number.isFinite(atMostUs);
  const estimate = { offsetUs: shiftUs, boundUs: Math.max(atMostUs - shiftUs, shiftUs - atLeastUs) };
  return {
    node,
    ...(below && above ? estimate : {}),
    ...(below ? { atLeastUs } : {}),
    ...(above ? { atMostUs } : {}),
    shiftUs,
  };
}
