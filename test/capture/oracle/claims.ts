import { decode } from '../../../src/capture/decode.ts';
import { dnsOf } from '../../../src/capture/dns.ts';
import { addressAt, macAt, sourceOf, targetOf } from '../../../src/capture/address.ts';
import { GENEVE, IPV4, IPV6, Packet, VXLAN } from '../../../src/capture/packet.ts';
import type { Case } from './kinds.ts';

const ARP = 1;
const [ICMP, TCP, UDP, ICMP6] = [1, 6, 17, 58];

/** What tshark should say in one of its fields, and which of several occurrences says it, counted from the last one. */
export interface Claim {
  readonly field: string;
  readonly value: string | number;
  readonly fromEnd: number;
}

/** Everything that we read in a packet, in the words of tshark. */
export function claims({ linkType, quotes }: Case, bytes: Uint8Array): Claim[] {
  const packet = new Packet();
  decode(packet, bytes, 0, bytes.length, linkType);
  const all: Claim[] = [];
  const claim = (field: string, value: string | number | null, fromEnd = 0): void => {
    if (value !== null && value !== '') all.push({ field, value, fromEnd });
  };
  // A cooked capture has a source alone, and tshark calls it otherwise.
  claim('eth.src', packet.macTargetAt >= 0 ? macAt(bytes, packet.macSourceAt) : null, quotes.frames);
  claim('eth.dst', macAt(bytes, packet.macTargetAt), quotes.frames);
  if (packet.encapsulation === VXLAN) claim('vxlan.vni', packet.vni, quotes.vxlan);
  if (packet.encapsulation === GENEVE) claim('geneve.vni', packet.vni, quotes.geneve);
  if (packet.network === ARP) {
    claim('arp.opcode', packet.arpOperation);
    claim('arp.src.proto_ipv4', sourceOf(packet));
    claim('arp.dst.proto_ipv4', targetOf(packet));
  }
  if (packet.network === IPV4) {
    const before = quotes.four;
    claim('ip.src', sourceOf(packet), before);
    claim('ip.dst', targetOf(packet), before);
    claim('ip.ttl', packet.ttl, before);
    claim('ip.len', packet.ipLength, before);
    claim('ip.id', packet.ipId, before);
    claim('ip.proto', packet.protocol, before);
  }
  if (packet.network === IPV6) {
    const before = quotes.six;
    claim('ipv6.src', sourceOf(packet), before);
    claim('ipv6.dst', targetOf(packet), before);
    claim('ipv6.hlim', packet.ttl, before);
    claim('ipv6.plen', packet.ipLength - 40, before);
  }
  if (packet.transport && packet.protocol === TCP) {
    claim('tcp.srcport', packet.sourcePort);
    claim('tcp.dstport', packet.targetPort);
    claim('tcp.seq_raw', packet.tcpSequence);
    claim('tcp.ack_raw', packet.tcpAcknowledged);
    claim('tcp.flags', packet.tcpFlags);
  }
  if (packet.transport && packet.protocol === UDP) {
    claim('udp.srcport', packet.sourcePort);
    claim('udp.dstport', packet.targetPort);
  }
  if (packet.transport && packet.protocol === ICMP) {
    claim('icmp.type', packet.icmpType);
    claim('icmp.code', packet.icmpCode);
    if (packet.mtu > 0) claim('icmp.mtu', packet.mtu);
  }
  if (packet.transport && packet.protocol === ICMP6) {
    claim('icmpv6.type', packet.icmpType);
    claim('icmpv6.code', packet.icmpCode);
    if (packet.mtu > 0) claim('icmpv6.mtu', packet.mtu);
  }
  if (packet.echoId >= 0) {
    claim(packet.network === IPV4 ? 'icmp.ident' : 'icmpv6.echo.identifier', packet.echoId);
    claim(packet.network === IPV4 ? 'icmp.seq' : 'icmpv6.echo.sequence_number', packet.echoSequence);
  }
  quoted(packet, claim);
  named(packet, claim);
  return all;
}

type Say = (field: string, value: string | number | null) => void;

function quoted(packet: Packet, claim: Say): void {
  if (packet.quotedProtocol < 0) return;
  const six = packet.quotedNetwork === IPV6;
  const name = six ? 'ipv6' : 'ip';
  claim(`${name}.src`, addressAt(packet.bytes, packet.quotedSourceAt, six));
  claim(`${name}.dst`, addressAt(packet.bytes, packet.quotedTargetAt, six));
  claim(six ? 'ipv6.plen' : 'ip.len', six ? packet.quotedLength - 40 : packet.quotedLength);
  const transport = packet.quotedProtocol === UDP ? 'udp' : 'tcp';
  if (packet.quotedSourcePort > 0) claim(`${transport}.srcport`, packet.quotedSourcePort);
  if (packet.quotedTargetPort > 0) claim(`${transport}.dstport`, packet.quotedTargetPort);
  // tshark reads no DNS header that is not whole.
  const wholeHeader = packet.end - packet.headersEnd >= 10;
  claim('dns.id', packet.quotedDnsId < 0 || !wholeHeader ? null : packet.quotedDnsId);
}

function named(packet: Packet, claim: Say): void {
  const dns = dnsOf(packet);
  if (dns === null) return;
  claim('dns.id', dns.id);
  claim('dns.flags.response', dns.response ? 1 : 0);
  claim('dns.flags.opcode', dns.opcode);
  claim('dns.flags.truncated', dns.truncated ? 1 : 0);
  if (dns.response) claim('dns.flags.rcode', dns.rcode);
  claim('dns.count.queries', dns.questions);
  claim('dns.count.answers', dns.answers);
  claim('dns.count.auth_rr', dns.authorities);
  claim('dns.count.add_rr', dns.additional);
  claim('dns.qry.name', dns.question?.name ?? null);
  claim('dns.qry.type', dns.question?.type ?? null);
}

/** Every field that a claim can be about. */
export const FIELDS = [
  'eth.src',
  'eth.dst',
  'vxlan.vni',
  'geneve.vni',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'arp.dst.proto_ipv4',
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'ip.len',
  'ip.id',
  'ip.proto',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.hlim',
  'ipv6.plen',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.flags',
  'udp.srcport',
  'udp.dstport',
  'icmp.type',
  'icmp.code',
  'icmp.mtu',
  'icmp.ident',
  'icmp.seq',
  'icmpv6.type',
  'icmpv6.code',
  'icmpv6.mtu',
  'icmpv6.echo.identifier',
  'icmpv6.echo.sequence_number',
  'dns.id',
  'dns.flags.response',
  'dns.flags.opcode',
  'dns.flags.truncated',
  'dns.flags.rcode',
  'dns.count.queries',
  'dns.count.answers',
  'dns.count.auth_rr',
  'dns.count.add_rr',
  'dns.qry.name',
  'dns.qry.type',
] as const;
