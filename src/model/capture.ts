import type { Digest, Gap } from './reading.ts';
import type { NodeRole } from './role.ts';
import type { Sent } from './stimulus.ts';

/** One place where packets are watched: a device of a node. */
export interface CapturePoint {
  readonly role: NodeRole;
  readonly node: string;
  readonly device: string;
  /**
   * True: every request passes here after the first point, on its way to the target (a host-side veth); missing here, it was
   * not forwarded. False: it need not (a second uplink). Absent: judged by the device's name.
   */
  readonly onWay?: boolean;
  /** What to capture here where packets are encapsulated; absent: the watch's filter. */
  readonly filter?: CaptureFilter;
}

/** One condition of a capture filter; compiled to BPF by capture/filter, never taken from text. `any`: at least one of these. */
export type FilterTerm = PlainTerm | { readonly any: readonly PlainTerm[] };

/** A condition that stands for itself. */
export type PlainTerm =
  | { readonly host: string }
  | { readonly port: number; readonly proto: 'tcp' | 'udp' }
  | { readonly proto: 'tcp' | 'udp' | 'icmp' | 'arp' };

/** All of `all`, and none of `none`. Our own SSH connection is always excluded by the adapter that opens the capture. */
export interface CaptureFilter {
  readonly all: readonly FilterTerm[];
  readonly none: readonly FilterTerm[];
}

/**
 * Which packets a capture of DNS on UDP has to see, with what routers and hosts say of them. No address: a service's becomes that of a
 * pod, and an answer may come from one that nobody asked.
 */
export function lookupFilter(port: number): CaptureFilter {
  return { all: [{ any: [{ port, proto: 'udp' }, { proto: 'icmp' }] }], none: [] };
}

/** Bounds of a capture: whichever is reached first ends it. */
export interface CaptureLimits {
  readonly seconds: number;
  readonly packets: number;
  readonly bytes: number;
  /** Bytes kept of each packet. */
  readonly snap: number;
}

/** Simultaneous captures at several points around one stimulus. */
export interface WatchPlan {
  readonly points: readonly CapturePoint[];
  readonly filter: CaptureFilter;
  readonly limits: CaptureLimits;
}

/**
 * TCP flags, ICMP kind or protocol of a packet, reduced to what a story needs. DNS on UDP: `dns-refused` says any other error than
 * that there is no such name, `dns-cut` that the answer does not fit into one datagram.
 */
export type PacketKind =
  | 'SYN'
  | 'SYN-ACK'
  | 'RST'
  | 'FIN'
  | 'ACK'
  | 'echo-request'
  | 'echo-reply'
  | 'icmp-error'
  | 'arp-request'
  | 'arp-reply'
  | 'dns-query'
  | 'dns-answer'
  | 'dns-refused'
  | 'dns-cut'
  | 'udp'
  | 'other';

/** What a packet was carried in, named after the Linux device that makes it: IPv4 in IPv4, IPv6 in IPv4, either in IPv6. */
export type Encapsulation = 'vxlan' | 'geneve' | 'ipip' | 'sit' | 'ip6tnl';

/** What an ICMP error says of the packet that it quotes. */
export type IcmpError = 'too-big' | 'unreachable' | 'port-unreachable' | 'prohibited' | 'time-exceeded' | 'other';

/** One packet as seen at one point. */
export interface Sighting {
  /** Index into the watch's points. */
  readonly point: number;
  /**
   * Microseconds since the epoch, by the clock of the first point's node: in a ladder, other nodes' times are shifted by what
   * the story's `clocks` say. Without an entry there, by the watching node's own clock.
   */
  readonly at: number;
  /** Which marked flow it belongs to, counted from 0 in the order sent; the story's `flows` begin with the same ones. */
  readonly flow?: number;
  readonly kind: PacketKind;
  readonly source: string;
  readonly target: string;
  /** TCP/UDP ports; absent elsewhere. */
  readonly sourcePort?: number;
  readonly targetPort?: number;
  /** ICMP echo identifier and sequence number; absent elsewhere. */
  readonly echo?: { readonly id: number; readonly seq: number };
  /** ICMP errors only; `mtu` in bytes, where it is `too-big` and the router named what the next link takes. */
  readonly error?: { readonly says: IcmpError; readonly mtu?: number };
  /** DNS only: the transaction, and of an answer its response code (0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED). */
  readonly dns?: { readonly id: number; readonly rcode?: number };
  /** The same request, answer or refusal was seen at this point before: a retransmission. Absent: the first one. */
  readonly again?: true;
  /** What the packet was carried in here, with the network identifier of VXLAN and Geneve; absent where it was not. */
  readonly carried?: { readonly by: Encapsulation; readonly vni?: number };
  /** IP total length, bytes. */
  readonly length: number;
  /** Ethernet source and destination; absent for cooked captures that do not carry them. */
  readonly macSource?: string;
  readonly macTarget?: string;
}

/** How one marked packet fared. Request and answer are counted per point, in the order of the watch's points. */
export interface FlowStory {
  /**
   * `10.0.10.69:33201 > 10.0.10.207:10250`, `10.39.0.107 > 192.168.4.25 echo 7/1` or
   * `10.39.0.107:40000 > 10.96.0.10:53 query 48879`, the transaction of a DNS query.
   */
  readonly flow: string;
  readonly requests: readonly number[];
  readonly answers: readonly number[];
  readonly refusals: readonly number[];
  /** How many of the refusals only said that a packet was too big for a link, or a DNS answer for one datagram; absent where none did. */
  readonly tooBig?: readonly number[];
  /** Answers from another address than the one that was asked there, which the asker does not take; absent where none came. */
  readonly astray?: readonly number[];
  /** How many of the requests and answers were retransmissions; absent where none were. */
  readonly again?: { readonly requests: readonly number[]; readonly answers: readonly number[] };
}

/**
 * How far the clock of one node is ahead of that of the first point's node (negative: behind), as far as packets tell that were
 * seen on both: none arrives before it was sent. Estimated only where packets went both ways.
 */
export interface ClockOffset {
  readonly node: string;
  /** µs, within `boundUs`; both absent where packets went one way only, or none was seen on both nodes. */
  readonly offsetUs?: number;
  readonly boundUs?: number;
  /** The offset is not less, not more than this, µs; absent where no packet tells. */
  readonly atLeastUs?: number;
  readonly atMostUs?: number;
  /** Packets contradict each other, as when a clock was set meanwhile: nothing is known. */
  readonly contradictory?: true;
  /** What the ladder took off this node's times, µs. */
  readonly shiftUs: number;
}

/**
 * What became of all marked packets together. `answer-not-delivered`: the sender was watched, the answers came back to it, and
 * it took none, or they came from another address than the one that was asked. `too-big`: routers said that they, or their answers,
 * are too big for a link, or a DNS server that its answer is for one datagram, and no answer came back.
 */
export type Fate =
  | 'answered'
  | 'answer-not-delivered'
  | 'answered-elsewhere'
  | 'arrived-not-answered'
  | 'not-forwarded'
  | 'never-arrived'
  | 'refused'
  | 'too-big'
  | 'mixed'
  | 'not-sent';

/** Several captures joined into one story about the marked packets. */
export interface CaptureStory {
  readonly fate: Fate;
  readonly points: readonly CapturePoint[];
  /** Marked packets sent. */
  readonly sent: number;
  /** How many of them were answered, as the sender saw it. */
  readonly answered?: number;
  /** How many of them were seen as requests at each point, and answered at each point (distinct flows, not packets). */
  readonly requestsAt: readonly number[];
  readonly answersAt: readonly number[];
  readonly refusalsAt: readonly number[];
  /** Points whose capture is not whole: what was not seen there proves nothing. Absent: all are whole. */
  readonly unseen?: readonly { readonly point: number; readonly gap: Gap }[];
  /** What the narrowest link takes that an ICMP error about a marked packet named, bytes; absent where none did. */
  readonly mtu?: number;
  /** One entry for every node but the first point's; absent where all points are on one node. */
  readonly clocks?: readonly ClockOffset[];
  /** At most 20 flows, in the order sent. */
  readonly flows: readonly FlowStory[];
  /** At most 200 sightings in time order, for the picture and the text ladder. */
  readonly ladder: readonly Sighting[];
}

/** One stored capture: header-only, everything after the last decoded header zeroed. */
export interface CaptureRecord {
  readonly point: CapturePoint;
  /** File name for people, `capture-eth0.pcap`; made from a cleaned device name. */
  readonly file: string;
  readonly output: Digest;
  readonly packets: number;
  readonly flows: number;
  /** Absent when the capture is whole. */
  readonly gap?: Gap;
}

/**
 * A kernel counter around the rounds of a stimulus.
 * `exact`: in at least two rounds it rose by exactly the packets sent, and not at all in the quiet window · `consistent`: in every
 * round it rose by at least as many more than in the quiet window · `ambiguous`: anything else, which proves nothing.
 */
export interface CounterRise {
  /** nstat's name, `otherhost of DEVICE`, `policy DROP of FORWARD`, `rule -A INPUT …`, `conntrack drop` … */
  readonly counter: string;
  /** How far it rose in each round, in order. */
  readonly rounds: readonly number[];
  /** How far it rose in a quiet window as long as one round. */
  readonly quiet: number;
  readonly verdict: 'exact' | 'consistent' | 'ambiguous';
  readonly command: string;
  /** The counter's line after the last round. */
  readonly line: string;
  readonly output: Digest | null;
}

/** Counters that could not be read around a stimulus. */
export interface Uncounted {
  /** What they count, in words that fit "I could not see …". */
  readonly what: string;
  readonly gap: Gap;
  readonly detail: string;
}

/** Everything one watch brought home. */
export interface Watched {
  readonly sent: Sent;
  readonly captures: readonly CaptureRecord[];
  readonly story: CaptureStory;
  /** Counters of the subject that rose in a round; those that stood still are absent. */
  readonly counters: readonly CounterRise[];
  /** Absent: every counter was read. */
  readonly uncounted?: readonly Uncounted[];
}
