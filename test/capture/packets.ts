import * as fc from 'fast-check';
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
  sll,
  sll2,
  tcp,
  udp,
  vlan,
  vxlan,
} from './build.ts';

/** What no header contains, planted where payload is. */
export const SECRET = 'hunter2-secret-token';

const secret = bytes(SECRET);
const port = fc.integer({ min: 0, max: 65_535 });
const addresses = fc.record({
  source: fc.constantFrom('10.0.10.69', '10.0.10.207', '192.168.4.25'),
  target: fc.constantFrom('10.0.10.69', '10.0.10.207', '8.8.8.8'),
});
const options = fc.constantFrom(new Uint8Array(0), new Uint8Array(4), new Uint8Array(40));

const tcpSegment = fc
  .record({
    sourcePort: port,
    targetPort: port,
    flags: fc.constantFrom(2, 0x12, 0x14, 0x10, 0x18, 0x11),
    sequence: fc.nat(),
    acknowledged: fc.nat(),
    options,
  })
  .map((header) => ({ protocol: 6, payload: tcp(header, secret) }));
const udpDatagram = fc.tuple(port, port, fc.constantFrom(undefined, 0, 7, 8, 60_000)).map(([from, to, length]) => ({
  protocol: 17,
  payload: udp(from, to, secret, length),
}));
const question = fc
  .tuple(fc.constantFrom(0x0100, 0x8183, 0x8380), fc.constantFrom(1, 28, 33))
  .map(([flags, type]) => dns({ id: 0xbeef, flags, type, name: [SECRET, 'local'] }));
const dnsDatagram = fc.tuple(port, question, fc.boolean()).map(([other, message, answer]) => ({
  protocol: 17,
  payload: answer ? udp(53, other, message) : udp(other, 53, message),
}));
const dnsSegment = fc.tuple(port, question, fc.boolean()).map(([sourcePort, message, whole]) => ({
  protocol: 6,
  payload: tcp({ sourcePort, targetPort: 53, flags: 0x18 }, whole ? counted(message) : message),
}));
const icmpEcho = fc.tuple(fc.constantFrom(0, 8), port, port).map(([type, id, sequence]) => ({
  protocol: 1,
  payload: echo(type, id, sequence, secret),
}));
const plain = fc.oneof(tcpSegment, udpDatagram, icmpEcho, dnsDatagram, dnsSegment);
const icmpError = fc
  .tuple(fc.constantFrom(3, 4, 5, 11, 12), addresses, plain)
  .map(([type, ends, { protocol, payload }]) => ({
    protocol: 1,
    payload: icmp(type, 1, be32(0), ipv4({ ...ends, protocol }, payload)),
  }));
const other = fc.constantFrom(2, 47, 50, 132, 255).map((protocol) => ({ protocol, payload: secret }));
const otherIcmp = fc.constant({ protocol: 1, payload: icmp(13, 0, be32(0), secret) });

const overIpv4 = fc
  .tuple(
    addresses,
    fc.oneof(plain, icmpError, otherIcmp, other),
    options,
    fc.constantFrom(0, 0, 0, 185),
    fc.constantFrom(undefined, undefined, undefined, 0, 19, 30),
  )
  .map(([ends, { protocol, payload }, header, fragmentOffset, length]) => ({
    type: 0x0800,
    packet: ipv4(
      { ...ends, protocol, options: header, fragmentOffset, ...(length === undefined ? {} : { length }) },
      payload,
    ),
  }));

const address6 = fc.constantFrom('fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:0:0:0:1');
const overIpv6 = fc
  .tuple(
    address6,
    address6,
    fc.oneof(tcpSegment, udpDatagram, dnsDatagram, other),
    fc.constantFrom(null, 0, 43, 44, 51, 60),
  )
  .map(([source, target, { protocol, payload }, extension]) => ({
    type: 0x86dd,
    packet:
      extension === null
        ? ipv6(source, target, protocol, payload)
        : ipv6(source, target, extension, bytes(protocol, 0, be16(0), be32(0), payload)),
  }));

const overArp = fc.constantFrom(1, 2, 9).map((operation) => ({
  type: 0x0806,
  packet: bytes(arp(operation, '10.0.10.69', '10.0.10.207'), secret),
}));

const carried = fc.oneof(
  { weight: 5, arbitrary: overIpv4 },
  { weight: 2, arbitrary: overIpv6 },
  { weight: 1, arbitrary: overArp },
  { weight: 1, arbitrary: fc.constantFrom(20, 0x88cc, 0x8847).map((type) => ({ type, packet: secret })) },
);

const framed = carried.map(({ type, packet }) => ethernet(type, packet));
const option = fc.constantFrom(new Uint8Array(0), bytes(1, 4, 0x80, 1, be32(0xaaaaaaaa)), bytes(1, 4, 0x80, 9));

/** What stands behind the outer IP header of a tunnel. */
const inTunnel = fc.oneof(
  fc
    .tuple(framed, fc.constantFrom(4789, 8472))
    .map(([frame, to]) => ({ protocol: 17, payload: udp(51_234, to, vxlan(256, frame)) })),
  fc
    .tuple(framed, option)
    .map(([frame, options]) => ({ protocol: 17, payload: udp(51_234, 6081, geneve(7, 0x6558, frame, options)) })),
  fc
    .tuple(overIpv4, option)
    .map(([{ packet }, options]) => ({ protocol: 17, payload: udp(51_234, 6081, geneve(7, 0x0800, packet, options)) })),
  overIpv4.map(({ packet }) => ({ protocol: 4, payload: packet })),
  overIpv6.map(({ packet }) => ({ protocol: 41, payload: packet })),
);

const tunnelled = fc
  .tuple(addresses, inTunnel)
  .map(([ends, { protocol, payload }]) => ({ type: 0x0800, packet: ipv4({ ...ends, protocol }, payload) }));

/** A packet of this link type with the secret as its payload. */
export function packetOf(linkType: number): fc.Arbitrary<Uint8Array> {
  switch (linkType) {
    case 113:
      return carried.map(({ type, packet }) => sll(type, packet));
    case 276:
      return carried.map(({ type, packet }) => sll2(type, 2, packet));
    case 101:
      return fc.oneof(overIpv4, overIpv6).map(({ packet }) => packet);
    default:
      return fc
        .tuple(fc.oneof({ weight: 4, arbitrary: carried }, { weight: 1, arbitrary: tunnelled }), fc.boolean())
        .map(([{ type, packet }, tagged]) =>
          tagged ? ethernet(0x8100, vlan(42, type, packet)) : ethernet(type, packet),
        );
  }
}
