import { u16 } from '../bytes.ts';
import { DONE, etherType, type Layer } from './layer.ts';

/** The rest of an 802.1Q or 802.1ad tag: 12 bits of VLAN id, then the EtherType of what is inside. */
export const vlan: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 4 > packet.end) return DONE;
  if (packet.vlan < 0) packet.vlan = u16(packet.bytes, at) & 0xfff;
  packet.headersEnd = at + 4;
  const type = u16(packet.bytes, at + 2);
  return type < 0x600 ? DONE : etherType(type);
};
