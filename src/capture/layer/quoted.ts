import { u16, u32 } from '../bytes.ts';
import type { Packet } from '../packet.ts';

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMP6 = 58;

/**
 * The packet that an ICMP error quotes, from `headersEnd`: its IP header and the first 8 bytes of its transport header,
 * which is what every router sends at least (RFC 792, RFC 4443 2.4). Fragments other than the first, and IPv6 extension
 * headers, are not looked into.
 */
export function quoted(packet: Packet): void {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 20 > packet.end) return;
  const version = bytes[at]! >> 4;
  if (version === 4) {
    const header = (bytes[at]! & 0x0f) * 4;
    if (header < 20 || at + header > packet.end) return;
    packet.quotedProtocol = bytes[at + 9]!;
    packet.quotedSourceAt = at + 12;
    packet.quotedTargetAt = at + 16;
    packet.quotedLength = u16(bytes, at + 2);
    packet.headersEnd = at + header;
    if ((u16(bytes, at + 6) & 0x1fff) !== 0) return;
  } else if (version === 6) {
    if (at + 40 > packet.end) return;
    packet.quotedProtocol = bytes[at + 6]!;
    packet.quotedSourceAt = at + 8;
    packet.quotedTargetAt = at + 24;
    packet.quotedLength = 40 + u16(bytes, at + 4);
    packet.headersEnd = at + 40;
  } else {
    return;
  }
  transport(packet);
}

function transport(packet: Packet): void {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 8 > packet.end) return;
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
      return;
  }
  packet.headersEnd = at + 8;
}
