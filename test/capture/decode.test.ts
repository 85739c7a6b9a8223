import { describe, expect, test } from 'vitest';
import { arp, be16, be32, bytes, echo, ethernet, icmp, ipv4, ipv6, sll, sll2, tcp, udp, vlan } from './build.ts';
import { decodeOne } from './decoded.ts';

const A = '10.0.10.69';
const B = '10.0.10.207';
const A6 = 'fd00:0:0:1:0:0:0:69';
const B6 = 'fd00:0:0:0:2:0:0:207';
const SYN = tcp({ sourcePort: 33_201, targetPort: 10_250, flags: 2, sequence: 0xfedcba98 });
const from = { source: A, target: B };

describe('what carries IP', () => {
  const packet = ipv4({ ...from, protocol: 6 }, SYN);
  const understood = { kind: 'SYN', source: A, target: B, sourcePort: 33_201, targetPort: 10_250, ipLength: 40 };

  test('Ethernet', () => {
    const mac = { macSource: '02:00:00:00:00:0a', macTarget: '02:00:00:00:00:0b', vlan: -1 };
    expect(decodeOne(ethernet(0x0800, packet))).toMatchObject({ ...understood, ...mac, headersEnd: 54 });
  });

  test('one VLAN tag, and two', () => {
    expect(decodeOne(ethernet(0x8100, vlan(42, 0x0800, packet)))).toMatchObject({ ...understood, vlan: 42 });
    const stacked = ethernet(0x88a8, vlan(7, 0x8100, vlan(42, 0x0800, packet)));
    expect(decodeOne(stacked)).toMatchObject({ ...understood, vlan: 7, headersEnd: 62 });
  });

  test('cooked, both versions', () => {
    const mac = { macSource: '02:00:00:00:00:0a', macTarget: null };
    expect(decodeOne(sll(0x0800, packet), 113)).toMatchObject({ ...understood, ...mac });
    expect(decodeOne(sll2(0x0800, 3, packet), 276)).toMatchObject({ ...understood, ...mac, device: 3 });
  });

  test.each([12, 14, 101, 228])('no link header (%i)', (linkType) => {
    expect(decodeOne(packet, linkType)).toMatchObject({ ...understood, macSource: null });
  });

  test.each([0, 105, 147, 0xffff])('a link type that is not read (%i) leaves everything', (linkType) => {
    expect(decodeOne(ethernet(0x0800, packet), linkType)).toMatchObject({ kind: 'other', headersEnd: 0, network: 0 });
  });

  test('a length instead of an EtherType (802.3), and an unknown EtherType, end after Ethernet', () => {
    expect(decodeOne(ethernet(40, packet))).toMatchObject({ kind: 'other', headersEnd: 14 });
    expect(decodeOne(ethernet(0x88cc, packet))).toMatchObject({ kind: 'other', headersEnd: 14 });
  });

  test('a tower of VLAN tags ends somewhere', () => {
    let tower = packet;
    for (let tag = 0; tag < 100; tag += 1) tower = vlan(tag, tag === 0 ? 0x0800 : 0x8100, tower);
    expect(decodeOne(ethernet(0x8100, tower))).toMatchObject({ network: 0, kind: 'other' });
  });
});

describe('IPv4', () => {
  const over = (header: Partial<Parameters<typeof ipv4>[0]>, payload = SYN) =>
    decodeOne(ethernet(0x0800, ipv4({ ...from, protocol: 6, ...header }, payload)));

  test('options are skipped', () => {
    expect(over({ options: bytes(7, 39, 4, new Uint8Array(37)) })).toMatchObject({ kind: 'SYN', headersEnd: 94 });
  });

  test('the first fragment has ports, the others have none', () => {
    expect(over({ moreFragments: true })).toMatchObject({ kind: 'SYN', fragment: true, sourcePort: 33_201 });
    expect(over({ fragmentOffset: 185 })).toMatchObject({
      kind: 'other',
      fragment: true,
      sourcePort: 0,
      headersEnd: 34,
    });
    expect(over({})).toMatchObject({ fragment: false });
  });

  test('frame padding behind the IP length is no header', () => {
    const ack = tcp({ sourcePort: 1, targetPort: 2, flags: 0x10 });
    const frame = bytes(ethernet(0x0800, ipv4({ ...from, protocol: 6 }, ack)), new Uint8Array(6));
    expect(decodeOne(frame)).toMatchObject({ kind: 'ACK', headersEnd: 54 });
  });

  test('an IP length that cuts the TCP header off leaves no TCP', () => {
    expect(over({ length: 30 })).toMatchObject({ source: A, kind: 'other', transport: false, headersEnd: 34 });
  });

  test('a length of 0 (segmentation offload) leaves it to the captured bytes', () => {
    expect(over({ length: 0 })).toMatchObject({ kind: 'SYN', ipLength: 0 });
  });

  test.each([1, 19])('a total length of %i is shorter than the header: not IPv4', (length) => {
    expect(over({ length })).toMatchObject({ network: 0, source: '', headersEnd: 14 });
  });

  test('another version, a header of 16 bytes, a header longer than the packet: not IPv4', () => {
    const packet = ipv4({ ...from, protocol: 6 }, SYN);
    for (const first of [0x55, 0x05, 0x44]) {
      const broken = bytes(first, packet.subarray(1));
      expect(decodeOne(ethernet(0x0800, broken))).toMatchObject({ network: 0, headersEnd: 14 });
    }
    const long = bytes(0x4f, packet.subarray(1, 40));
    expect(decodeOne(ethernet(0x0800, long))).toMatchObject({ network: 0 });
  });

  test('keeps identification and time to live', () => {
    expect(over({ id: 0xbeef, ttl: 3 })).toMatchObject({ ipId: 0xbeef, ttl: 3, protocol: 6 });
  });
});

describe('IPv6', () => {
  test('addresses as RFC 5952 writes them', () => {
    const packet = ethernet(0x86dd, ipv6(A6, B6, 6, SYN));
    expect(decodeOne(packet)).toMatchObject({ kind: 'SYN', source: 'fd00:0:0:1::69', target: 'fd00::2:0:0:207' });
    const zero = ethernet(0x86dd, ipv6('0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:1', 6, SYN));
    expect(decodeOne(zero)).toMatchObject({ source: '::', target: '::1', ipLength: 60 });
  });

  test('extension headers are skipped', () => {
    const hopByHop = bytes(60, 1, new Uint8Array(14));
    const destination = bytes(6, 0, new Uint8Array(6));
    const packet = ethernet(0x86dd, ipv6(A6, B6, 0, bytes(hopByHop, destination, SYN)));
    expect(decodeOne(packet)).toMatchObject({ kind: 'SYN', protocol: 6, headersEnd: 98 });
  });

  test('the first fragment has ports, the others have none', () => {
    const fragment = (offset: number) => bytes(6, 0, be16(offset * 8 + 1), be32(9));
    const over = (offset: number) => decodeOne(ethernet(0x86dd, ipv6(A6, B6, 44, bytes(fragment(offset), SYN))));
    expect(over(0)).toMatchObject({ kind: 'SYN', fragment: true });
    expect(over(100)).toMatchObject({ kind: 'other', fragment: true, sourcePort: 0, headersEnd: 62 });
  });

  test('an extension header longer than the packet ends there, and a hundred of them somewhere', () => {
    const long = bytes(6, 200, new Uint8Array(6), SYN);
    expect(decodeOne(ethernet(0x86dd, ipv6(A6, B6, 0, long)))).toMatchObject({ kind: 'other', headersEnd: 56 });
    const many = bytes(...Array.from({ length: 100 }, () => bytes(60, 0, new Uint8Array(6))), SYN);
    expect(decodeOne(ethernet(0x86dd, ipv6(A6, B6, 60, many)))).toMatchObject({ kind: 'other' });
  });
});

describe('ARP', () => {
  test('request and reply', () => {
    expect(decodeOne(ethernet(0x0806, arp(1, A, B)))).toMatchObject({ kind: 'arp-request', source: A, target: B });
    expect(decodeOne(ethernet(0x0806, arp(2, B, A)))).toMatchObject({ kind: 'arp-reply', source: B, target: A });
  });

  test('other hardware, another operation, a short one: not told as either', () => {
    const other = bytes(be16(6), arp(1, A, B).subarray(2));
    expect(decodeOne(ethernet(0x0806, other))).toMatchObject({ kind: 'other', network: 0 });
    expect(decodeOne(ethernet(0x0806, arp(9, A, B)))).toMatchObject({ kind: 'other' });
    expect(decodeOne(ethernet(0x0806, arp(1, A, B).subarray(0, 27)))).toMatchObject({ kind: 'other', network: 0 });
  });
});

describe('TCP', () => {
  const over = (flags: number, more = {}) =>
    decodeOne(ethernet(0x0800, ipv4({ ...from, protocol: 6 }, tcp({ sourcePort: 1, targetPort: 2, flags, ...more }))));

  test.each([
    [0x02, 'SYN'],
    [0x12, 'SYN-ACK'],
    [0xc2, 'SYN'],
    [0x14, 'RST'],
    [0x04, 'RST'],
    [0x11, 'FIN'],
    [0x10, 'ACK'],
    [0x18, 'ACK'],
    [0x00, 'other'],
  ])('flags %i are %s', (flags, kind) => {
    expect(over(flags).kind).toBe(kind);
  });

  test('sequence numbers above 2³¹ stay positive', () => {
    expect(over(0x12, { sequence: 0xffff_ffff, acknowledged: 0x8000_0000 })).toMatchObject({
      tcpSequence: 0xffff_ffff,
      tcpAcknowledged: 0x8000_0000,
    });
  });

  test('options cut off by the snap length do not hide the ports', () => {
    const packet = ethernet(
      0x0800,
      ipv4({ ...from, protocol: 6 }, tcp({ sourcePort: 1, targetPort: 2, flags: 2, options: new Uint8Array(40) })),
    );
    expect(decodeOne(packet.subarray(0, 60))).toMatchObject({ kind: 'SYN', sourcePort: 1, headersEnd: 60 });
    expect(decodeOne(packet.subarray(0, 53))).toMatchObject({ kind: 'other', transport: false, headersEnd: 34 });
  });

  test('a data offset below 5 is no TCP', () => {
    const broken = bytes(SYN.subarray(0, 12), 0x40, SYN.subarray(13));
    const packet = ethernet(0x0800, ipv4({ ...from, protocol: 6 }, broken));
    expect(decodeOne(packet)).toMatchObject({ kind: 'other', transport: false });
  });
});

describe('UDP', () => {
  const over = (length?: number) =>
    decodeOne(ethernet(0x0800, ipv4({ ...from, protocol: 17 }, udp(5353, 53, bytes('question'), length))));

  test('ports', () => {
    expect(over()).toMatchObject({ kind: 'udp', sourcePort: 5353, targetPort: 53, headersEnd: 42 });
  });

  test('a length that does not count its own header is no UDP; one beyond the packet does not matter', () => {
    expect(over(7)).toMatchObject({ kind: 'other', headersEnd: 34 });
    expect(over(65_535)).toMatchObject({ kind: 'udp' });
  });
});

describe('ICMP', () => {
  const over = (message: Uint8Array) => decodeOne(ethernet(0x0800, ipv4({ ...from, protocol: 1 }, message)));
  const quote = (protocol: number, payload: Uint8Array) =>
    ipv4({ source: B, target: A, protocol, length: 77 }, payload);

  test('echoes', () => {
    const echoed = { echoId: 7, echoSequence: 1, headersEnd: 42 };
    expect(over(echo(8, 7, 1, bytes('secret')))).toMatchObject({ kind: 'echo-request', ...echoed });
    expect(over(echo(0, 7, 1, bytes('secret')))).toMatchObject({ kind: 'echo-reply', ...echoed });
  });

  test('errors quote ports, sequence numbers, echoes', () => {
    const aboutTcp = over(icmp(3, 3, be32(0), quote(6, SYN)));
    expect(aboutTcp).toMatchObject({ kind: 'icmp-error', icmpCode: 3, quotedProtocol: 6, quotedLength: 77 });
    expect(aboutTcp).toMatchObject({ quotedSourcePort: 33_201, quotedTargetPort: 10_250, quotedSequence: 0xfedcba98 });
    expect(over(icmp(11, 0, be32(0), quote(17, udp(5, 6, bytes('x')))))).toMatchObject({ quotedSourcePort: 5 });
    const aboutEcho = over(icmp(3, 1, be32(0), quote(1, echo(8, 7, 2, bytes('payload')))));
    expect(aboutEcho).toMatchObject({ quotedEchoId: 7, quotedEchoSequence: 2, headersEnd: 14 + 20 + 8 + 20 + 8 });
  });

  test('a redirect is no error', () => {
    expect(over(icmp(5, 1, be32(0), quote(6, SYN)))).toMatchObject({ kind: 'other', quotedProtocol: 6 });
  });

  test('a quote that is cut, a quoted later fragment, a quote of nothing', () => {
    expect(over(icmp(3, 3, be32(0), quote(6, SYN).subarray(0, 24)))).toMatchObject({
      quotedProtocol: 6,
      quotedSourcePort: 0,
      headersEnd: 14 + 20 + 8 + 20,
    });
    const fragment = ipv4({ source: B, target: A, protocol: 6, fragmentOffset: 3 }, SYN);
    expect(over(icmp(3, 3, be32(0), fragment))).toMatchObject({ quotedProtocol: 6, quotedSourcePort: 0 });
    expect(over(icmp(3, 3, be32(0)))).toMatchObject({ kind: 'icmp-error', quotedProtocol: -1, headersEnd: 42 });
  });

  test('other messages keep type and code alone', () => {
    expect(over(icmp(13, 0, be32(1), bytes('timestamps')))).toMatchObject({
      kind: 'other',
      icmpType: 13,
      headersEnd: 38,
    });
  });

  test('version 6', () => {
    const over6 = (message: Uint8Array) => decodeOne(ethernet(0x86dd, ipv6(A6, B6, 58, message)));
    expect(over6(echo(128, 7, 1))).toMatchObject({ kind: 'echo-request', echoId: 7 });
    expect(over6(echo(129, 7, 1))).toMatchObject({ kind: 'echo-reply', echoSequence: 1 });
    const error = over6(icmp(1, 4, be32(0), ipv6(B6, A6, 6, SYN)));
    expect(error).toMatchObject({ kind: 'icmp-error', quotedSequence: 0xfedcba98, quotedLength: 60 });
    expect(over6(icmp(135, 0, be32(0), new Uint8Array(16)))).toMatchObject({ kind: 'other' });
  });
});

test('a packet without a single byte', () => {
  for (const linkType of [1, 101, 113, 276]) expect(decodeOne(new Uint8Array(0), linkType).kind).toBe('other');
});
