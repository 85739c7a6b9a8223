import { u16, u32 } from '../bytes.ts';
import { IPV4, IPV6, type Packet } from '../packet.ts';
import { ETHERNET_FRAME, genevePayload } from './geneve.ts';
import { DNS_PORT, GENEVE_PORT, VXLAN_PORT, VXLAN_PORT_LINUX } from './layer.ts';
import { vxlanFrame } from './vxlan.ts';

const ICMP = 1;
const FOUR_INSIDE = 4;
const TCP = 6;
const UDP = 17;
const SIX_INSIDE = 41;
const ICMP6 = 58;

/** A packet in a tunnel in a tunnel, and no deeper. */
const MAX_DEPTH = 3;

/**
 * The packet that an ICMP error quotes, from `headersEnd`: its IP header and the first 8 bytes of its transport header,
 * which is what every router sends at least (RFC 792, RFC 4443 2.4). Where that packet carried another one in a tunnel, and
 * enough of it is quoted (Linux quotes up to 576 bytes, RFC 1812 4.3.2.3), the inner one is what the error is about.
 * Fragments other than the first, and IPv6 extension headers, are not looked into.
 */
export function quoted(packet: Packet): void {
  let at = packet.headersEnd;
  for (let depth = 0; depth < MAX_DEPTH && at >= 0; depth += 1) at = network(packet, at);
}

/** Reads the IP header at `at` and what it carries; gives where another IP header follows, −1 for nowhere. */
function network(packet: Packet, at: number): number {
  const { bytes } = packet;
  if (at + 20 > packet.end) return -1;
  const version = bytes[at]! >> 4;
  if (version === 4) {
    const header = (bytes[at]! & 0x0f) * 4;
    if (header < 20 || at + header > packet.end) return -1;
    quotes(packet, IPV4, bytes[at + 9]!, at + 12, u16(bytes, at + 2));
    packet.headersEnd = at + header;
    return (u16(bytes, at + 6) & 0x1fff) === 0 ? transport(packet) : -1;
  }
  if (version !== 6 || at + 40 > packet.end) return -1;
  quotes(packet, IPV6, bytes[at + 6]!, at + 8, 40 + u16(bytes, at + 4));
  packet.headersEnd = at + 40;
  return transport(packet);
}

function quotes(packet: Packet, version: number, protocol: number, sourceAt: number, length: number): void {
  packet.quotedNetwork = version;
  packet.quotedProtocol = protocol;
  packet.quotedSourceAt = sourceAt;
  packet.quotedTargetAt = sourceAt + (version === IPV6 ? 16 : 4);
  packet.quotedLength = length;
  packet.quotedSourcePort = 0;
  packet.quotedTargetPort = 0;
  packet.quotedDnsId = -1;
}

/** Reads the first 8 bytes behind the IP header; gives where a tunnelled IP header follows, −1 for nowhere. */
function transport(packet: Packet): number {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (packet.quotedProtocol === FOUR_INSIDE || packet.quotedProtocol === SIX_INSIDE) return at;
  if (at + 8 > packet.end) return -1;
  switch (packet.quotedProtocol) {
    case TCP:
      packet.quotedSequence = u32(bytes, at + 4);
      packet.quotedSourcePort = u16(bytes, at);
      packet.quotedTargetPort = u16(bytes, at + 2);
      break;
    case UDP:
      packet.quotedSourcePort = u16(bytes, at);
      packet.quotedTargetPort = u16(bytes, at + 2);
      break;
    case ICMP:
    case ICMP6:
      packet.quotedEchoId = u16(bytes, at + 4);
      packet.quotedEchoSequence = u16(bytes, at + 6);
      break;
    default:
      return -1;
  }
  packet.headersEnd = at + 8;
  if (packet.quotedProtocol !== UDP) return -1;
  const dns = packet.quotedSourcePort === DNS_PORT || packet.quotedTargetPort === DNS_PORT;
  return dns ? transaction(packet) : framed(packet);
}

/** The first two bytes of a DNS message; nothing follows. RFC 1035, 4.1.1 */
function transaction(packet: Packet): number {
  const at = packet.headersEnd;
  if (at + 2 > packet.end) return -1;
  packet.quotedDnsId = u16(packet.bytes, at);
  packet.headersEnd = at + 2;
  return -1;
}

/** Where the IP header of a frame inside VXLAN or Geneve begins; −1 where there is no such frame. */
function framed(packet: Packet): number {
  const { bytes, end, headersEnd: at } = packet;
  const port = packet.quotedTargetPort;
  const frame = port === VXLAN_PORT || port === VXLAN_PORT_LINUX ? vxlanFrame(bytes, at, end) : -1;
  const inside = port === GENEVE_PORT ? genevePayload(bytes, at, end) : frame;
  if (inside < 0 || inside + 14 > end) return -1;
  if (port === GENEVE_PORT && u16(bytes, at + 2) !== ETHERNET_FRAME) return inside;
  const type = u16(bytes, inside + 12);
  return type === 0x0800 || type === 0x86dd ? inside + 14 : -1;
}
