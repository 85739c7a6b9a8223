import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTool } from '../lab/available.ts';
import { must } from '../lab/command.ts';
import { arp, be16, be32, bytes, echo, ethernet, icmp, ipv4, ipv6, pcap, sll, sll2, tcp, udp, vlan } from './build.ts';
import { type Decoded, decoded } from './decoded.ts';

const tshark = findTool('tshark');
const note = tshark === null ? ' (skipped: tshark is not installed)' : '';

const ends = { source: '10.0.10.69', target: '10.0.10.207' };
const ends6 = ['fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:2:0:0:207'] as const;
const flags = [0x02, 0x12, 0x14, 0x10, 0x18, 0x11, 0x04, 0xc2];
const segments = flags.map((flag, index) =>
  tcp({
    sourcePort: 33_000 + index,
    targetPort: 10_250,
    flags: flag,
    sequence: 0xf000_0000 + index,
    acknowledged: 0x8000_0000 + index,
    ...(index % 2 === 0 ? { options: bytes(2, 4, be16(1460)) } : {}),
  }),
);
const datagram = udp(40_000, 9999, bytes('some payload'));
/** What a router quotes at least: 8 bytes behind the IP header. */
const quoted = ipv4({ ...ends, protocol: 6, length: 60 }, segments[0]!.subarray(0, 8));

/** Well-formed packets of every kind that netdiag reads, by the EtherType that announces them. */
const packets: readonly { readonly type: number; readonly packet: Uint8Array }[] = [
  ...segments.map((segment) => ({ type: 0x0800, packet: ipv4({ ...ends, protocol: 6, id: 77, ttl: 9 }, segment) })),
  ...segments.map((segment) => ({ type: 0x86dd, packet: ipv6(...ends6, 6, segment) })),
  ...[
    ipv4({ ...ends, protocol: 6, options: bytes(1, 1, 1, 0) }, segments[1]!),
    ipv4({ ...ends, protocol: 17 }, datagram),
    ipv4({ ...ends, protocol: 17, fragmentOffset: 100 }, bytes('a later fragment')),
    ipv4({ ...ends, protocol: 1 }, echo(8, 0x0123, 7, bytes('ping'))),
    ipv4({ ...ends, protocol: 1 }, echo(0, 0x0123, 7, bytes('ping'))),
    ipv4({ ...ends, protocol: 1 }, icmp(3, 1, be32(0), quoted)),
    ipv4({ ...ends, protocol: 1 }, icmp(11, 0, be32(0), quoted)),
    ipv4({ ...ends, protocol: 132 }, bytes('something else')),
  ].map((packet) => ({ type: 0x0800, packet })),
  ...[
    ipv6(...ends6, 17, datagram),
    ipv6(...ends6, 0, bytes(17, 0, 1, 4, be32(0), datagram)),
    ipv6(...ends6, 58, echo(128, 0x0123, 7, bytes('ping'))),
  ].map((packet) => ({ type: 0x86dd, packet })),
  { type: 0x0806, packet: arp(1, ends.source, ends.target) },
  { type: 0x0806, packet: arp(2, ends.target, ends.source) },
];

const captures = {
  Ethernet: pcap(packets.map(({ type, packet }) => ethernet(type, packet))),
  'Ethernet with a VLAN tag, big endian': pcap(
    packets.map(({ type, packet }) => ethernet(0x8100, vlan(42, type, packet))),
    { bigEndian: true },
  ),
  'cooked, ns': pcap(
    packets.map(({ type, packet }) => sll(type, packet)),
    { linkType: 113, nanoseconds: true },
  ),
  'cooked version 2': pcap(
    packets.map(({ type, packet }) => sll2(type, 3, packet)),
    { linkType: 276 },
  ),
  'no link header': pcap(
    packets.filter(({ type }) => type !== 0x0806).map(({ packet }) => packet),
    { linkType: 101 },
  ),
};

const FIELDS = [
  'frame.time_epoch',
  'frame.len',
  'vlan.id',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'arp.dst.proto_ipv4',
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'ip.len',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'udp.srcport',
  'udp.dstport',
  'icmp.type',
  'icmp.code',
  'icmp.ident',
  'icmp.seq',
  'icmpv6.type',
  'icmpv6.echo.identifier',
  'icmpv6.echo.sequence_number',
] as const;

/** Our decoding in tshark's words; empty where a packet does not carry the field. */
function inItsWords(packet: Decoded): string[] {
  const number = (present: boolean, name: string) => (present ? String(packet[name]) : '');
  const is = (network: number, protocol: number) =>
    packet['network'] === network && packet['transport'] === true && packet['protocol'] === protocol;
  const isTcp = is(4, 6) || is(6, 6);
  const isUdp = is(4, 17) || is(6, 17);
  const isEcho = is(4, 1) && Number(packet['echoId']) >= 0;
  // Of an ICMP error tshark shows the quoted ports as the packet's own, but no sequence number.
  const quotes = is(4, 1) && packet['quotedProtocol'] === 6;
  const [arpPacket, four, six] = [packet['network'] === 1, packet['network'] === 4, packet['network'] === 6];
  return [
    (Number(packet['at']) / 1e6).toFixed(6),
    number(true, 'wire'),
    number(Number(packet['vlan']) >= 0, 'vlan'),
    number(arpPacket, 'arpOperation'),
    number(arpPacket, 'source'),
    number(arpPacket, 'target'),
    number(four, 'source'),
    number(four, 'target'),
    number(four, 'ttl'),
    number(four, 'ipLength'),
    number(six, 'source'),
    number(six, 'target'),
    quotes ? number(true, 'quotedSourcePort') : number(isTcp, 'sourcePort'),
    quotes ? number(true, 'quotedTargetPort') : number(isTcp, 'targetPort'),
    number(isTcp, 'tcpSequence'),
    number(isTcp, 'tcpAcknowledged'),
    number(isUdp, 'sourcePort'),
    number(isUdp, 'targetPort'),
    number(is(4, 1), 'icmpType'),
    number(is(4, 1), 'icmpCode'),
    number(isEcho, 'echoId'),
    number(isEcho, 'echoSequence'),
    number(is(6, 58), 'icmpType'),
    is(6, 58) ? `0x${Number(packet['echoId']).toString(16).padStart(4, '0')}` : '',
    number(is(6, 58), 'echoSequence'),
  ];
}

describe.skipIf(tshark === null)(`tshark reads the same${note}`, { timeout: 30_000 }, () => {
  const directory = tshark === null ? '' : mkdtempSync(join(tmpdir(), 'netdiag-oracle-'));
  beforeAll(() => {
    for (const [name, file] of Object.entries(captures)) writeFileSync(join(directory, `${name}.pcap`), file);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(Object.entries(captures))('%s', async (name, file) => {
    const options = ['-n', '-o', 'ip.defragment:FALSE', '-E', 'separator=|', '-E', 'occurrence=f', '-T', 'fields'];
    const fields = FIELDS.flatMap((field) => ['-e', field]);
    const said = await must([tshark ?? '', '-r', join(directory, `${name}.pcap`), ...options, ...fields]);
    const theirs = said
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|'));
    const ours = decoded(file).map(inItsWords);
    expect(ours).toEqual(theirs.map(([time, ...rest]) => [Number(time).toFixed(6), ...rest]));
  });
});
