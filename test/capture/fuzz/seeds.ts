import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sent } from '../../../src/model/index.ts';
import { eachPacket } from '../../../src/capture/pcap.ts';
import {
  arp,
  be16,
  be32,
  bytes,
  counted,
  dns,
  echo,
  ethernet,
  geneve,
  icmp,
  ipv4,
  ipv6,
  record,
  sll,
  sll2,
  tcp,
  udp,
  vlan,
  vxlan,
} from '../build.ts';
import {
  acknowledgement,
  answerRefused,
  CLIENT,
  DNS_POD,
  DNS_SERVICE,
  dnsAnswer,
  echoReply,
  echoRequest,
  type Lookup,
  NODE,
  type Ping,
  POD,
  ports,
  query,
  queryRefused,
  refused,
  sentSyns,
  syn,
  synAck,
  unreachable,
} from '../talk.ts';

/** What stands before the network header of each link type, bytes. */
export const LINK_HEADER: Readonly<Record<number, number>> = { 1: 14, 101: 0, 113: 16, 276: 20 };
/** Ethernet is what most captures are. */
export const LINK_TYPES = [1, 1, 1, 101, 113, 276] as const;

const RECORDINGS = join(import.meta.dirname, '../../../src/sandbox/recorded');
/** Of each real capture; its packets resemble each other. */
const MOST_OF_ONE = 60;
const PING_LENGTH = 77;

const firstPorts = { proto: 'tcp', firstPort: 33_201, lastPort: 33_202 } as const;
const lastPorts = { proto: 'tcp', firstPort: 33_203, lastPort: 33_204 } as const;

const lookups = { to: DNS_SERVICE, port: 53, source: null, count: 3 } as const;

/** What was sent, for the stories: our SYNs, more often than not, our echo requests and name lookups, and what people repeated. */
export const SENT: readonly Sent[] = [
  ...Array.from({ length: 4 }, () => sentSyns(0)),
  ...Array.from({ length: 3 }, () => sentSyns(7, { node: 'one', source: null })),
  sentSyns(0, { to: POD, port: null, source: CLIENT, count: 5, mark: { proto: 'icmp', totalLength: PING_LENGTH } }),
  sentSyns(1, { to: 'fd00::1', source: 'fd00:0:0:1::69' }),
  sentSyns(0, { by: 'user', source: null }),
  sentSyns(0, { by: 'user', to: POD, port: null }),
  ...[0, 2].map((answered) =>
    sentSyns(answered, {
      ...lookups,
      by: 'user',
      behind: [DNS_POD],
      mark: { proto: 'dns', firstId: 0, lastId: 65_535, totalLength: 0 },
    }),
  ),
  sentSyns(1, { ...lookups, mark: { proto: 'dns', firstId: 7, lastId: 9, totalLength: 83 } }),
  sentSyns(1, {
    rounds: [
      { count: 2, answered: 1, mark: firstPorts },
      { count: 2, answered: 0, mark: lastPorts },
    ],
  }),
];

const ends = { source: CLIENT, target: NODE };
const ends6 = ['fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:0:0:0:1'] as const;
const pings = [1, 2, 3].map((seq): Ping => ({
  source: CLIENT,
  target: POD,
  id: 7,
  seq,
  length: PING_LENGTH,
  ipId: seq,
}));
/** To the service, to the pod behind it, and from the address of the node. */
const asked: readonly Lookup[] = [
  { id: 7, ipId: 1 },
  { id: 8 },
  { id: 7, ipId: 1, target: DNS_POD },
  { id: 8, source: NODE, sourcePort: 1024, target: DNS_POD },
];
const question = dns({ id: 7, flags: 0x0100, name: ['kubernetes', 'default', 'svc'] });
const segment = tcp({
  sourcePort: 33_201,
  targetPort: 10_250,
  flags: 2,
  sequence: 9,
  options: bytes(2, 4, be16(1460)),
});

/** A packet, by the EtherType that announces it. */
interface Announced {
  readonly type: number;
  readonly packet: Uint8Array;
}

/** Conversations that carry our mark. */
function ours(): readonly Announced[] {
  return [
    ...ports(3).flatMap((port) => [
      syn(port),
      synAck(port),
      acknowledgement(port),
      refused(port),
      unreachable(port, '10.0.10.1'),
    ]),
    ...pings.flatMap((ping) => [echoRequest(ping), echoReply(ping)]),
    ...asked.flatMap((lookup) => [
      query(lookup),
      dnsAnswer(lookup),
      dnsAnswer(lookup, { rcode: 2 }),
      dnsAnswer(lookup, { cut: true }),
      queryRefused(lookup, '10.0.10.1'),
      queryRefused(lookup, '10.0.10.1', 3, 8),
      answerRefused(lookup, '10.0.10.1', 4, bytes(be16(0), be16(1400))),
    ]),
  ].map((frame) => ({ type: 0x0800, packet: frame.subarray(14) }));
}

/** Every other header that is read. */
function others(): readonly Announced[] {
  const quoted = pings.map((ping) => echoRequest(ping).subarray(14, 42));
  const built = [
    ...quoted.map((quote) =>
      ipv4({ source: '10.0.10.1', target: CLIENT, protocol: 1 }, icmp(3, 4, bytes(be16(0), be16(1400)), quote)),
    ),
    ipv4({ ...ends, protocol: 17 }, udp(40_000, 53, question)),
    ipv4(
      { ...ends, protocol: 17 },
      udp(53, 40_000, dns({ id: 7, flags: 0x8180, name: ['a'], answers: 1 }, record(NODE))),
    ),
    ipv4({ ...ends, protocol: 6 }, tcp({ sourcePort: 40_000, targetPort: 53, flags: 0x18 }, counted(question))),
    ipv4({ ...ends, protocol: 6, options: new Uint8Array(40) }, segment),
    ipv4({ ...ends, protocol: 17, moreFragments: true }, udp(1, 2, bytes('first'))),
    ipv4({ ...ends, protocol: 17, fragmentOffset: 3 }, bytes('a later one')),
    ipv4({ ...ends, protocol: 132 }, bytes('something else')),
  ];
  const six = [
    ipv6(...ends6, 6, segment),
    ipv6(...ends6, 17, udp(40_000, 53, question)),
    ipv6(...ends6, 58, echo(128, 7, 1, bytes('ping'))),
    ipv6(...ends6, 58, icmp(2, 0, be32(1280), ipv6(...ends6, 6, segment))),
    ipv6(...ends6, 0, bytes(60, 1, new Uint8Array(14), 44, 0, new Uint8Array(6), 6, 0, be16(1), be32(9), segment)),
    ipv6(...ends6, 51, bytes(43, 4, new Uint8Array(22), 6, 0, new Uint8Array(6), segment)),
  ];
  return [
    ...built.map((packet) => ({ type: 0x0800, packet })),
    ...six.map((packet) => ({ type: 0x86dd, packet })),
    { type: 0x0806, packet: arp(1, CLIENT, NODE) },
    { type: 0x0806, packet: arp(2, NODE, CLIENT) },
  ];
}

function tunnelled(packets: readonly Announced[]): readonly Announced[] {
  const outer = { source: '172.31.0.1', target: '172.31.0.2' };
  const option = bytes(1, 4, 0x80, 1, be32(0xaaaa));
  return packets.flatMap(({ type, packet }) => {
    const frame = ethernet(type, packet);
    const inside = [
      { protocol: 17, payload: udp(50_000, 4789, vxlan(256, frame)) },
      { protocol: 17, payload: udp(50_000, 8472, vxlan(1, frame)) },
      { protocol: 17, payload: udp(50_000, 6081, geneve(9, 0x6558, frame, option)) },
      ...(type === 0x0800 ? [{ protocol: 4, payload: packet }] : []),
      ...(type === 0x86dd ? [{ protocol: 41, payload: packet }] : []),
    ];
    return inside.map(({ protocol, payload }) => ({ type: 0x0800, packet: ipv4({ ...outer, protocol }, payload) }));
  });
}

/** Packets of one link type. */
export interface Pool {
  /** What carries our mark: stories are made of it. */
  readonly ours: readonly Uint8Array[];
  /** One of every kind that is read, ours too, and what real nodes sent. */
  readonly all: readonly Uint8Array[];
}

/** Packets to be broken, by link type. */
export function seeds(): ReadonlyMap<number, Pool> {
  const own = ours();
  const plain = [...own, ...others()];
  const every = [...plain, ...tunnelled(plain)];
  const real = recorded();
  return new Map(
    LINK_TYPES.map((linkType) => [
      linkType,
      { ours: linked(linkType, own), all: [...linked(linkType, every), ...(real.get(linkType) ?? [])] },
    ]),
  );
}

function linked(linkType: number, packets: readonly Announced[]): readonly Uint8Array[] {
  switch (linkType) {
    case 101:
      return packets.filter(({ type }) => type !== 0x0806).map(({ packet }) => packet);
    case 113:
      return packets.map(({ type, packet }) => sll(type, packet));
    case 276:
      return packets.map(({ type, packet }) => sll2(type, 3, packet));
    default:
      return packets.flatMap(({ type, packet }) => [ethernet(type, packet), ethernet(0x8100, vlan(42, type, packet))]);
  }
}

/** Packets of the recordings, by link type. */
function recorded(): ReadonlyMap<number, readonly Uint8Array[]> {
  const pools = new Map<number, Uint8Array[]>();
  for (const name of readdirSync(RECORDINGS, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (!name.endsWith('.pcap')) continue;
    const file = new Uint8Array(readFileSync(join(RECORDINGS, name)));
    let taken = 0;
    eachPacket(file, (start, end, _at, _wire, linkType) => {
      taken += 1;
      if (taken <= MOST_OF_ONE) pools.set(linkType, [...(pools.get(linkType) ?? []), file.slice(start, end)]);
    });
  }
  return pools;
}
