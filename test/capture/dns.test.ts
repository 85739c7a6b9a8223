import { describe, expect, test } from 'vitest';
import { decode } from '../../src/capture/decode.ts';
import { type Dns, dnsOf } from '../../src/capture/dns.ts';
import { headersOnly } from '../../src/capture/index.ts';
import { Packet } from '../../src/capture/packet.ts';
import { be16, bytes, counted, dns, type DnsMessage, ethernet, ipv4, ipv6, pcap, record, tcp, udp } from './build.ts';
import { decodeOne } from './decoded.ts';
import { SECRET } from './packets.ts';

const ends = { source: '10.39.0.7', target: '10.96.0.10' };
const NAME = ['kubernetes', 'default', 'svc', 'cluster', 'local'];
const QUERY: DnsMessage = { id: 0xbeef, flags: 0x0100, name: NAME, type: 28 };

const LONG = Array.from({ length: 2000 }, () => 0);

const asked = (message: Uint8Array, length?: number): Uint8Array =>
  ethernet(0x0800, ipv4({ ...ends, protocol: 17 }, udp(40_000, 53, message, length)));
const replied = (message: Uint8Array): Uint8Array =>
  ethernet(0x0800, ipv4({ source: ends.target, target: ends.source, protocol: 17 }, udp(53, 40_000, message)));
const overTcp = (payload: Uint8Array, from = 40_000, to = 53): Uint8Array =>
  ethernet(0x0800, ipv4({ ...ends, protocol: 6 }, tcp({ sourcePort: from, targetPort: to, flags: 0x18 }, payload)));

function read(packet: Uint8Array): Dns | null {
  const register = new Packet();
  decode(register, packet, 0, packet.length, 1);
  return dnsOf(register);
}

describe('a DNS header', () => {
  test('of a query, with its question', () => {
    expect(read(asked(dns(QUERY)))).toEqual({
      id: 0xbeef,
      response: false,
      opcode: 0,
      truncated: false,
      rcode: 0,
      questions: 1,
      answers: 0,
      authorities: 0,
      additional: 0,
      question: { name: 'kubernetes.default.svc.cluster.local', type: 28 },
    });
  });

  test.each([
    ['an answer', { flags: 0x8180, answers: 1 }, record('10.96.0.1'), { response: true, rcode: 0, answers: 1 }],
    ['NXDOMAIN', { flags: 0x8183 }, bytes(), { response: true, rcode: 3, answers: 0 }],
    ['SERVFAIL', { flags: 0x8182 }, bytes(), { response: true, rcode: 2 }],
    ['one that was cut off', { flags: 0x8380 }, bytes(), { response: true, truncated: true }],
    ['an update', { flags: 0x2800 }, bytes(), { response: false, opcode: 5 }],
  ])('of %s', (_, change, rest, expected) => {
    expect(read(replied(dns({ ...QUERY, ...change }, rest)))).toMatchObject(expected);
  });

  test('on TCP, both ways, and on IPv6', () => {
    const there = read(overTcp(counted(dns(QUERY))));
    expect(there).toMatchObject({ id: 0xbeef, question: { type: 28 } });
    expect(read(overTcp(counted(dns({ ...QUERY, flags: 0x8183 })), 53, 40_000))).toMatchObject({ rcode: 3 });
    const six = ipv6('fd00:0:0:0:0:0:0:7', 'fd00:0:0:0:0:0:0:a', 17, udp(40_000, 53, dns(QUERY)));
    expect(read(ethernet(0x86dd, six))).toMatchObject({ id: 0xbeef });
  });

  test('of an answer in two fragments, in the first one', () => {
    const whole = udp(53, 40_000, dns({ ...QUERY, flags: 0x8180, answers: 1 }, bytes(record('10.96.0.1'), ...LONG)));
    const first = ipv4({ ...ends, protocol: 17, moreFragments: true }, whole.subarray(0, 1480));
    expect(read(ethernet(0x0800, first))).toMatchObject({ id: 0xbeef, response: true, answers: 1 });
  });

  test.each([
    ['another port', ethernet(0x0800, ipv4({ ...ends, protocol: 17 }, udp(40_000, 54, dns(QUERY))))],
    ['a header that is cut off', asked(dns(QUERY).subarray(0, 11))],
    [
      'more questions than the datagram holds',
      asked(bytes(dns(QUERY).subarray(0, 4), be16(200), dns(QUERY).subarray(6))),
    ],
    ['more answers than it holds', asked(dns({ ...QUERY, answers: 9 }))],
    ['a datagram that says it is shorter', asked(dns(QUERY), 8 + 15)],
    ['a text', asked(bytes(SECRET, SECRET))],
    ['a query that asks nothing', asked(new Uint8Array(40))],
    ['TCP without payload', overTcp(new Uint8Array(0))],
    ['TCP in the middle of a message', overTcp(dns(QUERY))],
    ['TCP with a text', overTcp(bytes(SECRET, SECRET))],
    ['a fragment', ethernet(0x0800, ipv4({ ...ends, protocol: 17, fragmentOffset: 185 }, udp(40_000, 53, dns(QUERY))))],
  ])('%s: none', (_, packet) => {
    expect(read(packet)).toBeNull();
    expect(decodeOne(packet)['dnsAt']).toBe(-1);
  });
});

describe('a question', () => {
  const header = dns({ id: 1, flags: 0x0100, name: [] }).subarray(0, 12);
  const question = (...parts: readonly (number | string | Uint8Array)[]) =>
    read(asked(bytes(header, ...parts)))?.question;
  const A = bytes(0, be16(1), be16(1));

  test('of the root', () => {
    expect(question(A)).toEqual({ name: '.', type: 1 });
  });

  test('with bytes that are no letters: escaped', () => {
    expect(question(5, 'a.b\\c', 4, bytes(0, 27, 255, 0x20), A)).toEqual({
      name: 'a\\.b\\\\c.\\000\\027\\255\\032',
      type: 1,
    });
  });

  test('of 255 bytes, and of one more', () => {
    const label = bytes(63, 'a'.repeat(63));
    const long = bytes(label, label, label, 61, 'b'.repeat(61));
    expect(question(long, A)?.name).toHaveLength(253);
    expect(question(bytes(label, label, label, 62, 'b'.repeat(62)), A)).toBeNull();
  });

  test.each([
    ['a pointer to itself', bytes(0xc0, 12, be16(1), be16(1))],
    ['a pointer forward', bytes(0xc0, 40, be16(1), be16(1))],
    ['a label that points back at itself', bytes(1, 'a', 0xc0, 12, be16(1), be16(1))],
    ['reserved label types', bytes(0x40, 'a', A)],
    ['a label beyond the packet', bytes(60, 'short')],
    ['no end', bytes(3, 'abc', 3, 'def')],
    ['an end without type and class', bytes(3, 'abc', 0, 0)],
  ])('with %s: not read', (_, name) => {
    expect(question(name)).toBeNull();
  });
});

describe('what is kept of DNS', () => {
  const secret: DnsMessage = { id: 7, flags: 0x0100, name: [SECRET, 'example'] };
  test.each([
    ['UDP', asked(dns(secret))],
    ['an answer', replied(dns({ ...secret, flags: 0x8180, answers: 1 }, record('10.9.9.9')))],
    ['TCP', overTcp(counted(dns(secret)))],
  ])('on %s: the header, and no name', (_, packet) => {
    const kept = headersOnly(pcap([packet])).subarray(40);
    expect(Buffer.from(kept).toString('latin1')).not.toMatch(/hunter2|example/);
    expect(decodeOne(kept)).toEqual(decodeOne(packet));
    expect(read(kept)).toEqual({ ...read(packet), question: null });
  });
});
