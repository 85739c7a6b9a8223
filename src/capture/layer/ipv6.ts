import { u16 } from '../bytes.ts';
import { IPV6, type Packet } from '../packet.ts';
import { DONE, ipProtocol, type Layer } from './layer.ts';

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;
/** More extension headers than any honest packet has. */
const MAX_EXTENSIONS = 8;

/** IPv6 with its extension headers. A payload length of 0 leaves the length to the captured bytes (jumbogram). RFC 8200 */
export const ipv6: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 40 > packet.end || bytes[at]! >> 4 !== 6) return DONE;
  const payload = u16(bytes, at + 4);
  if (payload !== 0 && at + 40 + payload < packet.end) packet.end = at + 40 + payload;
  packet.network = IPV6;
  packet.sourceAt = at + 8;
  packet.targetAt = at + 24;
  packet.ipLength = 40 + payload;
  packet.ttl = bytes[at + 7]!;
  packet.protocol = bytes[at + 6]!;
  packet.headersEnd = at + 40;
  return extensions(packet);
};

function extensions(packet: Packet): number {
  const { bytes } = packet;
  for (let seen = 0; seen < MAX_EXTENSIONS; seen += 1) {
    const at = packet.headersEnd;
    const kind = packet.protocol;
    const known = kind === HOP_BY_HOP || kind === ROUTING || kind === DESTINATION || kind === AUTHENTICATION;
    if (!known && kind !== FRAGMENT) return ipProtocol(kind);
    if (at + 8 > packet.end) return DONE;
    const units = bytes[at + 1]!;
    const length = kind === FRAGMENT ? 8 : kind === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    if (at + length > packet.end) {
      packet.headersEnd = at + 2;
      return DONE;
    }
    packet.protocol = bytes[at]!;
    packet.headersEnd = at + length;
    if (kind !== FRAGMENT) continue;
    const fragment = u16(bytes, at + 2);
    packet.fragment = (fragment & 0xfff9) !== 0;
    if ((fragment & 0xfff8) !== 0) return DONE;
  }
  return DONE;
}
