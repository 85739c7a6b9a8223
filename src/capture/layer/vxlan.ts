import { u32 } from '../bytes.ts';
import type { Packet } from '../packet.ts';
import { DONE, type Layer, linkType } from './layer.ts';

/** The I flag alone: the network identifier is valid. Reserved bits are zero, in what is really VXLAN and not a text on its port. */
const VALID = 0x08_00_00_00;
const HEADER = 8;
const ETHERNET = 14;

/**
 * VXLAN: a whole Ethernet frame follows, and from here on the packet is the inner one. What it says of the outer one is
 * forgotten, so that nobody mixes the two. RFC 7348, 5
 */
export const vxlan: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + HEADER + ETHERNET > packet.end) return DONE;
  if (u32(packet.bytes, at) !== VALID || packet.bytes[at + 7] !== 0) return DONE;
  forgetOuter(packet);
  packet.headersEnd = at + HEADER;
  return linkType(1);
};

function forgetOuter(packet: Packet): void {
  packet.network = 0;
  packet.sourceAt = -1;
  packet.targetAt = -1;
  packet.ipLength = 0;
  packet.ipId = 0;
  packet.ttl = 0;
  packet.protocol = -1;
  packet.fragment = false;
  packet.transport = false;
  packet.sourcePort = 0;
  packet.targetPort = 0;
}
