import type { CapturePoint, CaptureStory, FlowStory, Gap, Sent, Sighting } from '../model/index.ts';
import { decode } from './decode.ts';
import { fateOf } from './fate.ts';
import { Packet } from './packet.ts';
import { eachPacket } from './pcap.ts';
import { IcmpRecogniser } from './recognise-icmp.ts';
import { TcpRecogniser } from './recognise-tcp.ts';
import type { MarkedFlow, Part, Recogniser } from './recogniser.ts';
import { sightingOf } from './sighting.ts';

/** One capture of a watch, as the node gave it. */
export interface Captured {
  readonly pcap: Uint8Array;
  /** Why it is not whole. */
  readonly gap?: Gap;
}

const MAX_FLOW_STORIES = 20;
const MAX_SIGHTINGS = 200;
/**
 * The same packet again at one point within this many µs is one packet seen twice, on two devices of a cooked capture. A SYN
 * is retransmitted after 1 s at the earliest (RFC 6298), ping sends each sequence number once.
 */
const SEEN_TWICE = 100_000;

/** One marked packet at one point. */
interface Seen {
  readonly flow: MarkedFlow;
  readonly part: Part;
  readonly sighting: Sighting;
}

/**
 * Joins simultaneous captures into one story about the marked packets: which of them were seen as requests, answers and
 * refusals at which point, and what became of them. `pcaps` in the order of `points`, the first being where requests should
 * come in; a missing one counts as not recorded. Packets without the mark are ignored. Never throws for what a capture holds.
 */
export function story(points: readonly CapturePoint[], pcaps: readonly Captured[], sent: Sent): CaptureStory {
  const recogniser = recogniserFor(sent);
  const gaps = points.map((_, point) => learn(pcaps[point], recogniser));
  const seen = points.flatMap((_, point) => recognise(pcaps[point], point, recogniser));
  const order = inOrderSent(seen);
  const flows = flowStories(seen, points.length, order);
  const countAt = (part: 'requests' | 'answers' | 'refusals') =>
    points.map((_, point) => flows.filter((flow) => (flow[part][point] ?? 0) > 0).length);
  const unseen = gaps.flatMap((gap, point) => (gap === null ? [] : [{ point, gap }]));
  return {
    fate: fateOf(flows, points, (point) => gaps[point] !== null, sent),
    points,
    sent: sent.count,
    answered: sent.answered,
    requestsAt: countAt('requests'),
    answersAt: countAt('answers'),
    refusalsAt: countAt('refusals'),
    ...(unseen.length === 0 ? {} : { unseen }),
    flows: flows.slice(0, MAX_FLOW_STORIES),
    ladder: ladderOf(seen, order),
  };
}

function recogniserFor(sent: Sent): Recogniser {
  const { mark } = sent;
  return mark.proto === 'tcp'
    ? new TcpRecogniser(sent, mark.firstPort, mark.lastPort)
    : new IcmpRecogniser(sent, mark.totalLength);
}

/** Gives why this capture is not whole; `null` when it is. */
function learn(captured: Captured | undefined, recogniser: Recogniser): Gap | null {
  if (captured === undefined) return 'not-recorded';
  const packet = new Packet();
  const walked = eachPacket(captured.pcap, (start, end, _at, _wire, linkType) => {
    decode(packet, captured.pcap, start, end, linkType);
    recogniser.learn(packet);
  });
  return captured.gap ?? walked.gap ?? null;
}

function recognise(captured: Captured | undefined, point: number, recogniser: Recogniser): Seen[] {
  if (captured === undefined) return [];
  const packet = new Packet();
  const seen: Seen[] = [];
  const last = new Map<string, number>();
  eachPacket(captured.pcap, (start, end, at, _wire, linkType) => {
    decode(packet, captured.pcap, start, end, linkType);
    const recognised = recogniser.recognise(packet);
    if (recognised === null) return;
    const sighting = sightingOf(packet, point, at);
    const same = `${recognised.flow.name} ${sighting.kind} ${packet.tcpSequence} ${packet.tcpAcknowledged} ${packet.tcpFlags}`;
    const before = last.get(same);
    last.set(same, at);
    if (before !== undefined && Math.abs(at - before) < SEEN_TWICE) return;
    seen.push({ ...recognised, sighting });
  });
  return seen;
}

/** Number of each flow, counted from 0 in the order sent. */
function inOrderSent(seen: readonly Seen[]): ReadonlyMap<MarkedFlow, number> {
  const flows = [...new Set(seen.map(({ flow }) => flow))].toSorted((a, b) => a.order - b.order);
  return new Map(flows.map((flow, index) => [flow, index]));
}

function flowStories(seen: readonly Seen[], points: number, order: ReadonlyMap<MarkedFlow, number>): FlowStory[] {
  const answered = new Set(seen.filter(({ part }) => part === 'answer').map(({ flow }) => flow));
  const flows = [...order.keys()].map(({ name }) => ({
    flow: name,
    requests: zeros(points),
    answers: zeros(points),
    refusals: zeros(points),
  }));
  for (const { flow, part, sighting } of seen) {
    const counts = flows[order.get(flow)!]!;
    if (part === 'request') counts.requests[sighting.point]! += 1;
    else if (part === 'answer') counts.answers[sighting.point]! += 1;
    else if (part === 'refusal' || (part === 'reset' && !answered.has(flow))) counts.refusals[sighting.point]! += 1;
  }
  return flows;
}

/** At most 200 sightings in time order; the rest of a conversation makes room for requests, answers and refusals. */
function ladderOf(seen: readonly Seen[], order: ReadonlyMap<MarkedFlow, number>): Sighting[] {
  const kept = seen.length > MAX_SIGHTINGS ? seen.filter(({ part }) => part !== 'other') : seen;
  return kept
    .map(({ sighting, flow }) => ({ ...sighting, flow: order.get(flow)! }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, MAX_SIGHTINGS);
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
