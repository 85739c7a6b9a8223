import { u16, u32 } from '../bytes.ts';
import { GENEVE } from '../packet.ts';
import { enter } from './inner.ts';
import { DONE, etherType, type Layer, linkType } from './layer.ts';

/** Protocol type of a whole Ethernet frame. */
export const ETHERNET_FRAME = 0x6558;
const HEADER = 8;
/** The shortest header that may follow. */
const ETHERNET = 14;

/**
 * Geneve: options of variable length, then a frame or, where the device inherits the inner protocol, an IP packet; from here
 * on the packet is the inner one. RFC 8926, 3.4
 */
export const geneve: Layer = (packet) => {
  const at = packet.headersEnd;
  const inside = genevePayload(packet.bytes, at, packet.end);
  if (inside < 0) return DONE;
  enter(packet, GENEVE, u32(packet.bytes, at + 4) >>> 8);
  packet.headersEnd = inside;
  const carried = u16(packet.bytes, at + 2);
  return carried === ETHERNET_FRAME ? linkType(1) : etherType(carried);
};

/**
 * Where the payload of the Geneve header at `at` begins, −1 where this is none that netdiag reads. Reserved bits are zero in
 * what is really Geneve, and its options, each of which tells its own length, end exactly where the header says: RFC 8926, 3.5
 */
export function genevePayload(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER > end) return -1;
  const inside = at + HEADER + (bytes[at]! & 0x3f) * 4;
  const carried = u16(bytes, at + 2);
  const known = carried === ETHERNET_FRAME || carried === 0x0800 || carried === 0x86dd;
  const sane = bytes[at]! >> 6 === 0 && (bytes[at + 1]! & 0x3f) === 0 && bytes[at + 7] === 0;
  if (!known || !sane || inside + ETHERNET > end) return -1;
  let option = at + HEADER;
  while (option < inside) option += 4 + (bytes[option + 3]! & 0x1f) * 4;
  return option === inside ? inside : -1;
}
