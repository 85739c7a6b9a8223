import { describe, expect, test } from 'vitest';
import { headersOnly, story } from '../../src/capture/index.ts';
import { GENEVE, IP6TNL, IPIP, NAKED, SIT, VXLAN } from '../../src/capture/packet.ts';
import { be16, bytes, echo, ethernet, geneve, ipv4, ipv6, pcap, tcp, udp, vxlan } from './build.ts';
import { decodeOne } from './decoded.ts';
import { SECRET } from './packets.ts';
import { ETH0, point, ports, sentSyns, syn } from './talk.ts';

const OUTER = { source: '172.31.0.1', target: '172.31.0.2' };
const INNER = { source: '10.39.0.7', target: '10.39.1.9' };
const OUTER6 = ['fd00:0:0:0:0:0:0:1', 'fd00:0:0:0:0:0:0:2'] as const;
const INNER6 = ['fd00:0:0:1:0:0:0:7', 'fd00:0:0:1:0:0:0:9'] as const;

const segment = tcp({ sourcePort: 33_201, targetPort: 443, flags: 2, sequence: 0xfedcba98 });
const packet4 = ipv4({ ...INNER, protocol: 6, ttl: 63 }, segment);
const packet6 = ipv6(...INNER6, 6, segment);
const frame = ethernet(0x0800, packet4);

const over = (protocol: number, payload: Uint8Array, more = {}): Uint8Array =>
  ethernet(0x0800, ipv4({ ...OUTER, protocol, ...more }, payload));
const inGeneve = (message: Uint8Array, port = 6081): Uint8Array => over(17, udp(51_234, port, message));
/** Class 0x0104, a critical type, `words` words of data. */
const option = (words: number): Uint8Array => bytes(be16(0x0104), 0x80, words, new Uint8Array(words * 4).fill(0xaa));

const inner = { kind: 'SYN', source: INNER.source, target: INNER.target, ttl: 63, sourcePort: 33_201 };
const outer = { encapsulation: NAKED, vni: -1, source: OUTER.source, target: OUTER.target };

describe('Geneve', () => {
  test('a frame inside is read as the packet that it carries, with its network identifier', () => {
    expect(decodeOne(inGeneve(geneve(0xabcdef, 0x6558, frame)))).toMatchObject({
      ...inner,
      encapsulation: GENEVE,
      vni: 0xabcdef,
      macSource: '02:00:00:00:00:0a',
    });
  });

  test.each([
    ['one', option(1)],
    ['an empty one', option(0)],
    ['three', bytes(option(2), option(0), option(31))],
    ['as many as fit', bytes(...Array.from({ length: 63 }, () => option(0)))],
  ])('options are skipped: %s', (_, options) => {
    const packet = inGeneve(geneve(7, 0x6558, frame, options));
    expect(decodeOne(packet)).toMatchObject({ ...inner, vni: 7 });
  });

  test('an IP packet straight inside has no frame of its own', () => {
    const four = decodeOne(inGeneve(geneve(7, 0x0800, packet4)));
    expect(four).toMatchObject({ ...inner, encapsulation: GENEVE, macSource: null, macTarget: null });
    expect(decodeOne(inGeneve(geneve(7, 0x86dd, packet6)))).toMatchObject({ kind: 'SYN', network: 6 });
  });

  test.each([
    ['another port', inGeneve(geneve(7, 0x6558, frame), 6082)],
    ['another version', inGeneve(bytes(0x40, geneve(7, 0x6558, frame).subarray(1)))],
    ['reserved bits that are set', inGeneve(bytes(0, 0x01, geneve(7, 0x6558, frame).subarray(2)))],
    ['a payload that is not read', inGeneve(geneve(7, 0x8847, frame))],
    ['options beyond the packet', inGeneve(bytes(0x3f, geneve(7, 0x6558, frame).subarray(1)))],
    ['an option longer than all options', inGeneve(geneve(7, 0x6558, frame, bytes(be16(0x0104), 0, 3)))],
    ['a frame that is cut off', inGeneve(geneve(7, 0x6558, frame.subarray(0, 13)))],
    ['a header that is cut off', inGeneve(geneve(7, 0x6558, frame).subarray(0, 7))],
    ['a frame behind the end of the datagram', over(17, udp(51_234, 6081, geneve(7, 0x6558, frame), 8 + 8 + 13))],
    ['a text on its port', inGeneve(bytes(SECRET, SECRET, SECRET))],
  ])('%s: the outer datagram is all there is', (_, packet) => {
    expect(decodeOne(packet)).toMatchObject({ ...outer, kind: 'udp' });
  });
});

describe('IP in IP', () => {
  test.each([
    ['IPv4 in IPv4', over(4, packet4), IPIP, INNER.source],
    ['IPv6 in IPv4', over(41, packet6), SIT, 'fd00:0:0:1::7'],
    ['IPv4 in IPv6', ethernet(0x86dd, ipv6(...OUTER6, 4, packet4)), IP6TNL, INNER.source],
    ['IPv6 in IPv6', ethernet(0x86dd, ipv6(...OUTER6, 41, packet6)), IP6TNL, 'fd00:0:0:1::7'],
  ])('%s is read as the packet inside', (_, packet, encapsulation, source) => {
    expect(decodeOne(packet)).toMatchObject({ kind: 'SYN', encapsulation, vni: -1, source, macSource: null });
  });

  test.each([
    ['another version inside than announced', over(4, packet6)],
    ['the other way round', over(41, packet4)],
    ['an inner header that is cut off', over(4, packet4.subarray(0, 19))],
    ['an inner header of version 6 that is cut off', over(41, packet6.subarray(0, 39))],
    ['a fragment', over(4, packet4, { moreFragments: true })],
    ['an inner header that is longer than the packet', over(4, bytes(0x4f, packet4.subarray(1)))],
    ['an inner length shorter than its header', over(4, bytes(0x45, 0, 0, 19, packet4.subarray(4)))],
    ['text', over(4, bytes(SECRET, SECRET))],
  ])('%s: the outer packet is all there is', (_, packet) => {
    expect(decodeOne(packet)).toMatchObject({ ...outer, kind: 'other', headersEnd: 34 });
  });
});

describe('tunnels in tunnels', () => {
  const vxlanned = (payload: Uint8Array): Uint8Array => over(17, udp(50_000, 4789, vxlan(9, payload)));

  test('the innermost packet is the packet, and what carried it is remembered', () => {
    const nested = vxlanned(ethernet(0x0800, ipv4({ ...OUTER, protocol: 4 }, packet4)));
    expect(decodeOne(nested)).toMatchObject({ ...inner, encapsulation: IPIP, vni: -1 });
    const other = over(4, ipv4({ ...OUTER, protocol: 17 }, udp(50_000, 4789, vxlan(9, frame))));
    expect(decodeOne(other)).toMatchObject({ ...inner, encapsulation: VXLAN, vni: 9 });
  });

  test.each([
    ['IP in IP', (packet: Uint8Array) => ipv4({ ...OUTER, protocol: 4 }, packet)],
    ['Geneve', (packet: Uint8Array) => ipv4({ ...OUTER, protocol: 17 }, udp(1, 6081, geneve(1, 0x0800, packet)))],
  ])('a tower of %s ends somewhere', (_, wrapped) => {
    let tower = packet4;
    for (let depth = 0; depth < 40; depth += 1) tower = wrapped(tower);
    const { network, headersEnd } = decodeOne(ethernet(0x0800, tower));
    expect(Number(headersEnd)).toBeLessThan(tower.length);
    expect([0, 4]).toContain(network);
  });

  test('a register that saw a tunnel says nothing of it about the next packet', () => {
    const kept = headersOnly(pcap([vxlanned(frame), ethernet(0x0800, packet4)]));
    expect(decodeOne(kept.subarray(24 + 16 + vxlanned(frame).length + 16))).toMatchObject({
      encapsulation: NAKED,
      vni: -1,
    });
  });
});

describe('what is kept', () => {
  const secret = ipv4({ ...INNER, protocol: 17 }, udp(4000, 9999, bytes(SECRET)));
  test.each([
    ['Geneve', inGeneve(geneve(7, 0x6558, ethernet(0x0800, secret), option(2)))],
    ['IP in IP', over(4, secret)],
    ['text on the port of Geneve', inGeneve(bytes(SECRET, SECRET, SECRET))],
    ['text as IP in IP', over(4, bytes(SECRET, SECRET))],
  ])('of %s: every header, no payload', (_, packet) => {
    const kept = headersOnly(pcap([packet]));
    expect(Buffer.from(kept).toString('latin1')).not.toContain(SECRET.slice(0, 4));
    expect(decodeOne(kept.subarray(40))).toEqual(decodeOne(packet));
  });
});

test('marked SYNs are the same packets in every tunnel', () => {
  const inTunnel = (wrapped: (packet: Uint8Array) => Uint8Array) => ({
    pcap: pcap(ports().map((port) => wrapped(syn(port).subarray(14)))),
  });
  const wire = inTunnel((packet) => over(4, packet));
  const framed = inTunnel((packet) => inGeneve(geneve(3, 0x6558, ethernet(0x0800, packet))));
  const naked = inTunnel((packet) => ethernet(0x0800, packet));
  const told = story([ETH0, point('genev_sys_6081'), point('tunl0')], [wire, framed, naked], sentSyns(0));
  expect(told).toMatchObject({ requestsAt: [7, 7, 7], fate: 'arrived-not-answered' });
});

describe('an ICMP error about a tunnelled packet', () => {
  const ping = ipv4({ ...INNER, protocol: 1, length: 1428 }, echo(8, 7, 1));
  const error = (about: Uint8Array): Uint8Array => over(1, bytes(3, 4, 0, 0, 0, 0, be16(1400), about));
  const outerOf = (protocol: number, payload: Uint8Array): Uint8Array =>
    ipv4({ ...OUTER, protocol, length: 1478 }, payload);
  const quoted = { mtu: 1400, quotedLength: 1428, quotedEchoId: 7, quotedEchoSequence: 1, quotedSourcePort: 0 };

  test.each([
    ['IP in IP', outerOf(4, ping)],
    ['VXLAN', outerOf(17, udp(50_000, 8472, vxlan(9, ethernet(0x0800, ping))))],
    ['Geneve', outerOf(17, udp(50_000, 6081, geneve(9, 0x6558, ethernet(0x0800, ping), option(1))))],
    ['Geneve without a frame', outerOf(17, udp(50_000, 6081, geneve(9, 0x0800, ping)))],
  ])('in %s is about the inner one, where it is quoted that far', (_, about) => {
    expect(decodeOne(error(about))).toMatchObject({ kind: 'icmp-error', ...quoted });
  });

  test.each([
    ['8 bytes', outerOf(17, udp(50_000, 8472, vxlan(9, ethernet(0x0800, ping)))).subarray(0, 28)],
    ['half the inner header', outerOf(17, udp(50_000, 8472, vxlan(9, ethernet(0x0800, ping)))).subarray(0, 60)],
    ['a frame of something else', outerOf(17, udp(50_000, 8472, vxlan(9, ethernet(0x0806, ping))))],
  ])('with only %s of it quoted is about the outer one', (_, about) => {
    expect(decodeOne(error(about))).toMatchObject({ quotedEchoId: -1, quotedLength: 1478, quotedTargetPort: 8472 });
  });

  test('a tower of quotes ends somewhere', () => {
    let tower = ping;
    for (let depth = 0; depth < 40; depth += 1) tower = outerOf(4, tower);
    expect(decodeOne(error(tower))).toMatchObject({ quotedEchoId: -1, quotedProtocol: 4 });
  });
});
