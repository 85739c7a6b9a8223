import type { CapturePoint, Sent } from '../../src/model/index.ts';
import { bytes, be16, be32, dns, echo, ethernet, icmp, ipv4, record, tcp, udp, type Written } from './build.ts';

/** The words of a conversation between the far end and a node, as packets. */
export const CLIENT = '10.0.10.69';
export const NODE = '10.0.10.207';
export const KUBELET = 10_250;
export const FIRST_PORT = 33_201;

const SYN = 0x02;
const ACK = 0x10;
const RST = 0x04;

/** Initial sequence number of the flow with this source port. */
export function isn(port: number): number {
  return (port * 2_654_435_761) % 0x1_0000_0000;
}

export interface Between {
  readonly source?: string;
  readonly target?: string;
  readonly targetPort?: number;
  /** Source port as translated; the flow keeps its own number in `port`. */
  readonly translatedPort?: number;
}

export function syn(port: number, between: Between = {}): Uint8Array {
  return ethernet(
    0x0800,
    ipv4(
      { source: between.source ?? CLIENT, target: between.target ?? NODE, protocol: 6 },
      tcp({
        sourcePort: between.translatedPort ?? port,
        targetPort: between.targetPort ?? KUBELET,
        flags: SYN,
        sequence: isn(port),
      }),
    ),
  );
}

export function synAck(port: number, between: Between = {}): Uint8Array {
  return reply(port, SYN | ACK, 77, between);
}

export function refused(port: number, between: Between = {}): Uint8Array {
  return reply(port, RST | ACK, 0, between);
}

/** The packet that goes the other way: `source` and `target` still name the request's. */
export function reply(port: number, flags: number, sequence: number, between: Between = {}): Uint8Array {
  return ethernet(
    0x0800,
    ipv4(
      { source: between.target ?? NODE, target: between.source ?? CLIENT, protocol: 6 },
      tcp({
        sourcePort: between.targetPort ?? KUBELET,
        targetPort: between.translatedPort ?? port,
        flags,
        sequence,
        acknowledged: isn(port) + 1,
      }),
    ),
  );
}

/** The last packet of the handshake, from the client. */
export function acknowledgement(port: number): Uint8Array {
  return ethernet(
    0x0800,
    ipv4(
      { source: CLIENT, target: NODE, protocol: 6 },
      tcp({ sourcePort: port, targetPort: KUBELET, flags: ACK, sequence: isn(port) + 1, acknowledged: 78 }),
    ),
  );
}

/** An ICMP error from `router` that quotes the SYN. */
export function unreachable(port: number, router: string): Uint8Array {
  const quoted = ipv4(
    { source: CLIENT, target: NODE, protocol: 6, length: 60 },
    bytes(be16(port), be16(KUBELET), be32(isn(port))),
  );
  return ethernet(0x0800, ipv4({ source: router, target: CLIENT, protocol: 1 }, icmp(3, 1, be32(0), quoted)));
}

export interface Ping {
  readonly source: string;
  readonly target: string;
  readonly id: number;
  readonly seq: number;
  /** IP total length. */
  readonly length: number;
  readonly ipId?: number;
}

export function echoRequest(ping: Ping): Uint8Array {
  return pinged(8, ping, ping.source, ping.target);
}

export function echoReply(ping: Ping): Uint8Array {
  return pinged(0, ping, ping.target, ping.source);
}

function pinged(type: number, ping: Ping, source: string, target: string): Uint8Array {
  const payload = new Uint8Array(ping.length - 28);
  return ethernet(
    0x0800,
    ipv4({ source, target, protocol: 1, id: ping.ipId ?? 0 }, echo(type, ping.id, ping.seq, payload)),
  );
}

/** The ports of `count` flows. */
export function ports(count = 7): number[] {
  return Array.from({ length: count }, (_, index) => FIRST_PORT + index);
}

export function at(ms: number, packet: Uint8Array): Written {
  return { bytes: packet, at: 1_700_000_000_000_000 + ms * 1000 };
}

export function point(device: string, more: Partial<CapturePoint> = {}): CapturePoint {
  return { role: 'subject', node: 'ip-10-0-10-207', device, ...more };
}

export const ETH0 = point('eth0');
export const ETH1 = point('eth1');

/** What the vantage says of seven marked SYNs. */
export function sentSyns(answered: number, more: Partial<Sent> = {}): Sent {
  return {
    from: 'farEnd',
    node: 'api',
    source: CLIENT,
    to: NODE,
    port: KUBELET,
    count: 7,
    answered,
    mark: { proto: 'tcp', firstPort: FIRST_PORT, lastPort: FIRST_PORT + 6 },
    ...more,
  };
}

/** A name lookup: who asks whom, under which transaction. */
export interface Lookup {
  readonly id: number;
  readonly source?: string;
  readonly sourcePort?: number;
  readonly target?: string;
  /** IP identification; 0 where the asker sets none. */
  readonly ipId?: number;
  readonly name?: readonly string[];
}

export const POD = '10.39.0.107';
export const DNS_SERVICE = '10.96.0.10';
export const DNS_POD = '10.39.1.5';
const NAME = ['kubernetes', 'default', 'svc', 'cluster1', 'local'];

export function query(lookup: Lookup): Uint8Array {
  const { source = POD, target = DNS_SERVICE, ipId = 0 } = lookup;
  return ethernet(0x0800, ipv4({ source, target, protocol: 17, id: ipId }, asked(lookup)));
}

/** NOERROR with an address unless told; 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. `source` and `target` still name the query's. */
export function dnsAnswer(lookup: Lookup, { rcode = 0, cut = false, bytes: more = 0 } = {}): Uint8Array {
  const { id, source = POD, sourcePort = 40_000, target = DNS_SERVICE, name = NAME } = lookup;
  const flags = 0x8180 | (cut ? 0x0200 : 0) | rcode;
  const found = rcode === 0 && !cut;
  const message = dns({ id, flags, name, answers: found ? 1 : 0 }, found ? record('10.96.0.1') : new Uint8Array(more));
  return ethernet(0x0800, ipv4({ source: target, target: source, protocol: 17 }, udp(53, sourcePort, message)));
}

/** What `by` says of the query; a router that quotes only what it must leaves the transaction out. */
export function queryRefused(lookup: Lookup, by: string, code = 3, quotes = 100): Uint8Array {
  const { source = POD, target = DNS_SERVICE } = lookup;
  const quoted = ipv4({ source, target, protocol: 17 }, asked(lookup).subarray(0, quotes));
  return ethernet(0x0800, ipv4({ source: by, target: source, protocol: 1 }, icmp(3, code, be32(0), quoted)));
}

/** What `by` says of the answer to who answered. */
export function answerRefused(lookup: Lookup, by: string, code: number, rest = be32(0)): Uint8Array {
  const { target = DNS_SERVICE } = lookup;
  const quoted = dnsAnswer(lookup).subarray(14);
  return ethernet(0x0800, ipv4({ source: by, target, protocol: 1 }, icmp(3, code, rest, quoted)));
}

function asked({ id, sourcePort = 40_000, name = NAME }: Lookup): Uint8Array {
  return udp(sourcePort, 53, dns({ id, flags: 0x0100, name, type: 1 }));
}
