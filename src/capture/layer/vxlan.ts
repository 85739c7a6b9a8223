import { u32 } from '../bytes.ts';
import { VXLAN } from '../packet.ts';
import { enter } from './inner.ts';
import { DONE, type Layer, linkType } from './layer.ts';

/** The I flag alone: the network identifier is valid. Reserved bits are zero, in what is really VXLAN and not a text on its port. */
const VALID = 0x08_00_00_00;
const HEADER = 8;
const ETHERNET = 14;

/** VXLAN: a whole Ethernet frame follows, and from here on the packet is the inner one. RFC 7348, 5 */
export const vxlan: Layer = (packet) => {
  const at = packet.headersEnd;
  const frame = vxlanFrame(packet.bytes, at, packet.end);
  if (frame < 0) return DONE;
  enter(packet, VXLAN, u32(packet.bytes, at + 4) >>> 8);
  packet.headersEnd = frame;
  return linkType(1);
};

/** Where the frame behind the VXLAN header at `at` begins; −1 where this is none, or the frame's own header is cut off. */
export function vxlanFrame(bytes: Uint8Array, at: number, end: number): number {
  if (at + HEADER + ETHERNET > end) return -1;
  return u32(bytes, at) === VALID && bytes[at + 7] === 0 ? at + HEADER : -1;
}
