import type { CapturePoint, CaptureStory, FlowStory, Gap, Sent, Sighting } from '../model/index.ts';
import { type Clocks, clocksOf } from './clock.ts';
import { decode } from './decode.ts';
import { fateOf } from './fate.ts';
import { Packet } from './packet.ts';
import { eachPacket } from './pcap.ts';
import { AnyRecogniser } from './recognise-any.ts';
import { DnsRecogniser } from './recognise-dns.ts';
import { IcmpRecogniser } from './recognise-icmp.ts';
import { RoundsRecogniser } from './recognise-rounds.ts';
import { TcpRecogniser } from './recognise-tcp.ts';
import type { MarkedFlow, Recogniser } from './recogniser.ts';
import type { Seen } from './seen.ts';
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
 * is retransmitted after 1 s at the earliest (RFC 6298), ping sends each sequence number once, and resolvers wait for seconds.
 */
const SEEN_TWICE = 100_000;

/**
 * Joins simultaneous captures into one story about the marked packets: which of them were seen as requests, answers and
 * refusals at which point, and what became of them. `pcaps` in the order of `points`, the first being where requests should
 * come in; a missing one counts as not recorded. Packets without the mark are ignored. Where points are on several nodes, the
 * packets themselves tell how far their clocks are apart. Never throws for what a capture holds.
 */
export function story(points: readonly CapturePoint[], pcaps: readonly Captured[], sent: Sent): CaptureStory {
  const recogniser = recogniserFor(sent, pcaps[0] === undefined || pcaps[0].gap !== undefined);
  const gaps = points.map((_, point) => learn(pcaps[point], point, recogniser));
  const seen = points.flatMap((_, point) => recognise(pcaps[point], point, recogniser));
  const order = inOrderSent(seen);
  const flows = flowStories(seen, points.length, order);
  const countAt = (part: 'requests' | 'answers' | 'refusals') =>
    points.map((_, point) => flows.filter((flow) => (flow[part][point] ?? 0) > 0).length);
  const clocks = clocksOf(points, seen, sent.node);
  const mtu = seen.reduce((least, { sighting }) => Math.min(least, sighting.error?.mtu ?? Infinity), Infinity);
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
    ...(Number.isFinite(mtu) ? { mtu } : {}),
    ...(clocks === null ? {} : { clocks: clocks.offsets }),
    flows: flows.slice(0, MAX_FLOW_STORIES),
    ladder: ladderOf(seen, order, clocks),
  };
}

function recogniserFor(sent: Sent, blind: boolean): Recogniser {
  const { mark, rounds, ...one } = sent;
  if (sent.by === 'user' && mark.proto !== 'dns') return new AnyRecogniser(sent);
  if (rounds !== undefined)
    return new RoundsRecogniser(rounds.map((round) => recogniserFor({ ...one, ...round }, blind)));
  if (mark.proto === 'dns') return new DnsRecogniser(sent, mark, blind);
  return mark.proto === 'tcp'
    ? new TcpRecogniser(sent, mark.firstPort, mark.lastPort)
    : new IcmpRecogniser(sent, mark.totalLength);
}

/** Gives why this capture is not whole; `null` when it is. */
function learn(captured: Captured | undefined, point: number, recogniser: Recogniser): Gap | null {
  if (captured === undefined) return 'not-recorded';
  const packet = new Packet();
  const walked = eachPacket(captured.pcap, (start, end, _at, _wire, linkType) => {
    decode(packet, captured.pcap, start, end, linkType);
    recogniser.learn(packet, point);
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
    const recognised = recogniser.recognise(packet, point);
    if (recognised === null) return;
    const sighting = sightingOf(packet, point, at);
    const { flow, part } = recognised;
    const same = `${flow.name} ${part === 'astray' ? part : sighting.kind} ${told(packet, sighting)}`;
    const before = last.get(same);
    last.set(same, at);
    if (before !== undefined && Math.abs(at - before) < SEEN_TWICE) return;
    const again = before !== undefined && part !== 'other' && part !== 'reset';
    const { ttl, ipId } = packet;
    seen.push({ ...recognised, sighting: again ? { ...sighting, again } : sighting, same, ttl, ipId });
  });
  return seen;
}

/** What tells one packet of a flow from the others of its kind. */
function told(packet: Packet, { error, source }: Sighting): string {
  if (error !== undefined) return `${source} ${packet.icmpType} ${packet.icmpCode} ${packet.mtu}`;
  return `${packet.tcpSequence} ${packet.tcpAcknowledged} ${packet.tcpFlags}`;
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
    tooBig: zeros(points),
    astray: zeros(points),
    again: { requests: zeros(points), answers: zeros(points) },
  }));
  for (const { flow, part, sighting } of seen) {
    const counts = flows[order.get(flow)!]!;
    const { point } = sighting;
    const again = sighting.again === true ? 1 : 0;
    if (part === 'request') {
      counts.requests[point]! += 1;
      counts.again.requests[point]! += again;
    } else if (part === 'answer') {
      counts.answers[point]! += 1;
      counts.again.answers[point]! += again;
    } else if (part === 'refusal' || (part === 'reset' && !answered.has(flow))) {
      counts.refusals[point]! += 1;
      counts.tooBig[point]! += sighting.error?.says === 'too-big' || sighting.kind === 'dns-cut' ? 1 : 0;
    } else if (part === 'astray') {
      counts.astray[point]! += 1;
    }
  }
  return flows.map(({ tooBig, astray, again, ...flow }) => ({
    ...flow,
    ...(any(tooBig) ? { tooBig } : {}),
    ...(any(astray) ? { astray } : {}),
    ...(any(again.requests) || any(again.answers) ? { again } : {}),
  }));
}

/** At most 200 sightings in time order; the rest of a conversation makes room for requests, answers and refusals. */
function ladderOf(seen: readonly Seen[], order: ReadonlyMap<MarkedFlow, number>, clocks: Clocks | null): Sighting[] {
  const kept = seen.length > MAX_SIGHTINGS ? seen.filter(({ part }) => part !== 'other') : seen;
  return kept
    .map(({ sighting, flow, out }) => {
      const at = clocks === null ? sighting.at : clocks.shifted(sighting.point, sighting.at);
      const rank = clocks?.rank(sighting.point) ?? 0;
      return { sighting: { ...sighting, at, flow: order.get(flow)! }, along: out ? rank : -rank };
    })
    .toSorted((a, b) => a.sighting.at - b.sighting.at || a.along - b.along)
    .slice(0, MAX_SIGHTINGS)
    .map(({ sighting }) => sighting);
}

function any(counts: readonly number[]): boolean {
  return counts.some((count) => count > 0);
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
