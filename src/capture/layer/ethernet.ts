import { u16 } from '../bytes.ts';
import { DONE, etherType, type Layer } from './layer.ts';

/** Ethernet II; a number below 0x600 is a length (802.3) and no IP follows: IEEE 802.3, 3.2.6. */
export const ethernet: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 14 > packet.end) return DONE;
  packet.macTargetAt = at;
  packet.macSourceAt = at + 6;
  packet.headersEnd = at + 14;
  const type = u16(packet.bytes, at + 12);
  return type < 0x600 ? DONE : etherType(type);
};
