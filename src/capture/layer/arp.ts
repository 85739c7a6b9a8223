import { u16, u32 } from '../bytes.ts';
import { ARP } from '../packet.ts';
import { DONE, type Layer } from './layer.ts';

/** Ethernet (1), IPv4 (0x0800), address lengths 6 and 4; other kinds of ARP are not read. RFC 826 */
const ETHERNET_IPV4 = 0x0001_0800;

/** ARP for IPv4 over Ethernet. */
export const arp: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 28 > packet.end || u32(bytes, at) !== ETHERNET_IPV4 || u16(bytes, at + 4) !== 0x0604) return DONE;
  packet.network = ARP;
  packet.arpOperation = u16(bytes, at + 6);
  packet.sourceAt = at + 14;
  packet.targetAt = at + 24;
  packet.headersEnd = at + 28;
  return DONE;
};
