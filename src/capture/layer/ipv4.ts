import { u16 } from '../bytes.ts';
import { IPV4 } from '../packet.ts';
import { DONE, ipProtocol, type Layer } from './layer.ts';

/**
 * IPv4 with its options. A total length of 0 is what segmentation offload leaves behind: then the captured bytes decide.
 * Only the first fragment carries a transport header. RFC 791, https://docs.kernel.org/networking/segmentation-offloads.html
 */
export const ipv4: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (!isIpv4(bytes, at, packet.end)) return DONE;
  const header = (bytes[at]! & 0x0f) * 4;
  const length = u16(bytes, at + 2);
  if (length !== 0 && at + length < packet.end) packet.end = at + length;
  const fragment = u16(bytes, at + 6);
  packet.network = IPV4;
  packet.sourceAt = at + 12;
  packet.targetAt = at + 16;
  packet.ipLength = length;
  packet.ipId = u16(bytes, at + 4);
  packet.ttl = bytes[at + 8]!;
  packet.protocol = bytes[at + 9]!;
  packet.fragment = (fragment & 0x3fff) !== 0;
  packet.headersEnd = at + header;
  return (fragment & 0x1fff) === 0 ? ipProtocol(packet.protocol) : DONE;
};

/** Whether a whole IPv4 header that does not contradict itself begins at `at`. */
export function isIpv4(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 20 > end || bytes[at]! >> 4 !== 4) return false;
  const header = (bytes[at]! & 0x0f) * 4;
  const length = u16(bytes, at + 2);
  return header >= 20 && (length === 0 || length >= header) && at + header <= end;
}
