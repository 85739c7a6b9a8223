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

/** A well-formed packet, and what stands in front of it that is not its own. */
export interface Kind {
  readonly name: string;
  readonly type: number;
  readonly packet: Uint8Array;
  /** Headers behind the packet's own ones: quoted by an ICMP error. */
  readonly quotes: {
    readonly four: number;
    readonly six: number;
    readonly frames: number;
    readonly vxlan: number;
    readonly geneve: number;
  };
  /** UDP headers before the packet's own one: of tunnels. */
  readonly udpBefore: number;
}

const ends = { source: '10.0.10.69', target: '10.0.10.207' };
const ends6 = ['fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:2:0:0:207'] as const;
const NONE = { four: 0, six: 0, frames: 0, vxlan: 0, geneve: 0 };

const FLAGS = [0x02, 0x12, 0x14, 0x10, 0x18, 0x11, 0x04, 0xc2];
const segment = (flags: number, options?: Uint8Array): Uint8Array =>
  tcp({
    sourcePort: 33_000 + flags,
    targetPort: 10_250,
    flags,
    sequence: 0xf000_0000 + flags,
    acknowledged: 0x8000_0000 + flags,
    ...(options === undefined ? {} : { options }),
  });
const datagram = udp(40_000, 9999, bytes('some payload'));
const question = { id: 0xbeef, flags: 0x0100, name: ['kubernetes', 'default', 'svc', 'cluster', 'local'], type: 28 };
const nxdomain = dns({ ...question, flags: 0x8583 });
const answer = dns({ ...question, flags: 0x8180, type: 1, answers: 1 }, record('10.96.0.1'));

function four(name: string, protocol: number, payload: Uint8Array, more = {}): Kind {
  return plain(`${name} in IPv4`, 0x0800, ipv4({ ...ends, protocol, id: 0x1234, ttl: 61, ...more }, payload));
}

function six(name: string, next: number, payload: Uint8Array): Kind {
  return plain(`${name} in IPv6`, 0x86dd, ipv6(...ends6, next, payload));
}

function plain(name: string, type: number, packet: Uint8Array): Kind {
  return { name, type, packet, quotes: NONE, udpBefore: 0 };
}

/** An ICMP error of either version about a packet of its own version. */
function error(type: number, code: number, rest: Uint8Array, about: Kind, length?: number): Kind {
  const isFour = about.type === 0x0800;
  const message = icmp(type, code, rest, about.packet.subarray(0, length));
  const made = isFour
    ? four(`error ${type}/${code} about ${about.name}`, 1, message)
    : six(`error ${type}/${code}`, 58, message);
  return { ...made, quotes: { ...NONE, four: isFour ? 1 : 0, six: isFour ? 0 : 1 } };
}

const syn4 = four('SYN', 6, segment(2));
const syn6 = six('SYN', 6, segment(2));
const udp4 = four('UDP', 17, datagram);

const query4 = four('DNS query', 17, udp(40_000, 53, dns(question)));

const outer = { source: '172.31.0.1', target: '172.31.0.2' };
const tooBig = bytes(be16(0), be16(1400));
const option = bytes(be16(0x0102), 0x80, 1, be32(0xaaaa_aaaa));

/** Errors of the underlay, about packets in tunnels. */
const UNDERLAY: readonly Kind[] = [
  { about: 'IP in IP', protocol: 4, payload: syn4.packet, vxlan: 0, geneve: 0 },
  {
    about: 'VXLAN',
    protocol: 17,
    payload: udp(50_000, 4789, vxlan(9, ethernet(0x0800, syn4.packet))),
    vxlan: 1,
    geneve: 0,
  },
  {
    about: 'Geneve',
    protocol: 17,
    payload: udp(50_000, 6081, geneve(9, 0x6558, ethernet(0x0800, syn4.packet), option)),
    vxlan: 0,
    geneve: 1,
  },
].map(({ about, protocol, payload, ...tunnels }) => ({
  ...four(`error about ${about}`, 1, icmp(3, 4, tooBig, ipv4({ ...outer, protocol }, payload))),
  quotes: { ...NONE, ...tunnels, four: 2, frames: tunnels.vxlan + tunnels.geneve },
  udpBefore: tunnels.vxlan + tunnels.geneve,
}));

/** Every header that netdiag reads, above the link layer. */
const KINDS: readonly Kind[] = [
  ...FLAGS.flatMap((flags) => [
    four(`TCP flags ${flags}`, 6, segment(flags)),
    six(`TCP flags ${flags}`, 6, segment(flags, bytes(2, 4, be16(1460)))),
  ]),
  four('TCP behind IP options', 6, segment(2), { options: bytes(1, 1, 1, 0) }),
  udp4,
  six('UDP', 17, datagram),
  four('first fragment of UDP', 17, datagram, { moreFragments: true }),
  four('later fragment of UDP', 17, bytes('a later fragment'), { fragmentOffset: 100 }),
  six('first fragment of UDP', 44, bytes(17, 0, be16(1), be32(9), datagram)),
  six('later fragment of UDP', 44, bytes(17, 0, be16(800), be32(9), bytes('a later fragment'))),
  six('UDP behind hop-by-hop options', 0, bytes(17, 0, 1, 4, be32(0), datagram)),
  six('UDP behind destination options', 60, bytes(17, 1, 1, 12, new Uint8Array(12), datagram)),
  six('UDP behind a routing header', 43, bytes(17, 2, 4, 0, be32(0), new Uint8Array(16), datagram)),
  six('UDP behind authentication', 51, bytes(17, 4, be16(0), be32(7), be32(1), new Uint8Array(12), datagram)),
  four('echo request', 1, echo(8, 0x0123, 7, bytes('ping'))),
  four('echo reply', 1, echo(0, 0x0123, 7, bytes('ping'))),
  six('echo request', 58, echo(128, 0x0123, 7, bytes('ping'))),
  six('echo reply', 58, echo(129, 0x0123, 7, bytes('ping'))),
  error(3, 1, be32(0), syn4, 28),
  error(3, 4, tooBig, syn4),
  error(3, 3, be32(0), udp4, 28),
  error(11, 0, be32(0), syn4, 28),
  error(1, 4, be32(0), syn6),
  error(2, 0, be32(1280), syn6),
  ...UNDERLAY,
  four('SCTP', 132, new Uint8Array(12)),
  four('DNS query over UDP', 17, udp(40_000, 53, dns(question))),
  four('NXDOMAIN over UDP', 17, udp(53, 40_000, nxdomain)),
  four('DNS answer over UDP', 17, udp(53, 40_000, answer)),
  four('SERVFAIL over UDP', 17, udp(53, 40_000, dns({ ...question, flags: 0x8182 }))),
  four('DNS answer that was cut off', 17, udp(53, 40_000, dns({ ...question, flags: 0x8380 }))),
  four('first fragment of a DNS answer', 17, udp(53, 40_000, answer), { moreFragments: true }),
  error(3, 3, be32(0), query4),
  error(3, 3, be32(0), query4, 30),
  error(3, 3, be32(0), query4, 28),
  six('DNS query over UDP', 17, udp(40_000, 53, dns(question))),
  four('DNS query over TCP', 6, tcp({ sourcePort: 41_000, targetPort: 53, flags: 0x18 }, counted(dns(question)))),
  four('NXDOMAIN over TCP', 6, tcp({ sourcePort: 53, targetPort: 41_001, flags: 0x18 }, counted(nxdomain))),
  plain('ARP request', 0x0806, arp(1, ends.source, ends.target)),
  plain('ARP reply', 0x0806, arp(2, ends.target, ends.source)),
];

const outer6 = ['fd00:0:0:9:0:0:0:1', 'fd00:0:0:9:0:0:0:2'] as const;

type Tunnel = (kind: Kind) => Kind | null;
const inUdp = (kind: Kind, name: string, port: number, message: Uint8Array): Kind => ({
  ...kind,
  name: `${kind.name}, ${name}`,
  type: 0x0800,
  packet: ipv4({ ...outer, protocol: 17 }, udp(50_000, port, message)),
  udpBefore: kind.udpBefore + 1,
});
const frame = ({ type, packet }: Kind): Uint8Array => ethernet(type, packet);

const TUNNELS: Readonly<Record<string, Tunnel>> = {
  naked: (kind) => kind,
  'VXLAN 4789': (kind) => inUdp(kind, 'VXLAN', 4789, vxlan(0x00ab_cdef, frame(kind))),
  'VXLAN 8472': (kind) => inUdp(kind, 'VXLAN on 8472', 8472, vxlan(1, frame(kind))),
  Geneve: (kind) => inUdp(kind, 'Geneve', 6081, geneve(0x00fe_dcba, 0x6558, frame(kind))),
  'Geneve with options': (kind) =>
    inUdp(kind, 'Geneve with options', 6081, geneve(7, 0x6558, frame(kind), bytes(option, option))),
  'Geneve without a frame': (kind) =>
    kind.type === 0x0806 ? null : inUdp(kind, 'Geneve without a frame', 6081, geneve(7, kind.type, kind.packet)),
  'in IPv4': (kind) => {
    if (kind.type === 0x0806) return null;
    const protocol = kind.type === 0x0800 ? 4 : 41;
    return { ...kind, name: `${kind.name}, in IPv4`, type: 0x0800, packet: ipv4({ ...outer, protocol }, kind.packet) };
  },
  'in IPv6': (kind) => {
    if (kind.type === 0x0806) return null;
    const next = kind.type === 0x0800 ? 4 : 41;
    return { ...kind, name: `${kind.name}, in IPv6`, type: 0x86dd, packet: ipv6(...outer6, next, kind.packet) };
  },
  'IP in IP in VXLAN': (kind) => nested(kind, ['in IPv4', 'VXLAN 4789']),
  'Geneve in VXLAN': (kind) => nested(kind, ['Geneve', 'VXLAN 4789']),
};

function nested(kind: Kind, tunnels: readonly string[]): Kind | null {
  return tunnels.reduce<Kind | null>((inside, name) => (inside === null ? null : TUNNELS[name]!(inside)), kind);
}

/** A packet on a link. */
export interface Case extends Kind {
  readonly tunnel: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
}

type Link = (kind: Kind) => Uint8Array | null;
const LINKS: readonly (readonly [name: string, linkType: number, link: Link])[] = [
  ['Ethernet', 1, frame],
  ['Ethernet, VLAN 42', 1, ({ type, packet }) => ethernet(0x8100, vlan(42, type, packet))],
  ['Ethernet, VLAN 42 in 7', 1, ({ type, packet }) => ethernet(0x88a8, vlan(7, 0x8100, vlan(42, type, packet)))],
  ['cooked', 113, ({ type, packet }) => sll(type, packet)],
  ['cooked version 2', 276, ({ type, packet }) => sll2(type, 3, packet)],
  ['no link header', 101, ({ type, packet }) => (type === 0x0806 ? null : packet)],
  ['IPv4 without a link header', 228, ({ type, packet }) => (type === 0x0800 ? packet : null)],
  ['IPv6 without a link header', 229, ({ type, packet }) => (type === 0x86dd ? packet : null)],
];

/** Every kind in every tunnel on every link that can carry it. */
export const CASES: readonly Case[] = Object.entries(TUNNELS).flatMap(([tunnel, wrapped]) =>
  KINDS.flatMap((kind) => {
    const carried = wrapped(kind);
    if (carried === null) return [];
    return LINKS.flatMap(([name, linkType, link]) => {
      const made = link(carried);
      return made === null ? [] : [{ ...carried, tunnel, name: `${carried.name}, ${name}`, linkType, bytes: made }];
    });
  }),
);
