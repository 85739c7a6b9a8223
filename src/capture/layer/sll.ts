import { u16 } from '../bytes.ts';
import { DONE, etherType, type Layer } from './layer.ts';

/** Linux cooked capture: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
export const sll: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 16 > packet.end) return DONE;
  if (u16(packet.bytes, at + 4) === 6) packet.macSourceAt = at + 6;
  packet.headersEnd = at + 16;
  const type = u16(packet.bytes, at + 14);
  return type < 0x600 ? DONE : etherType(type);
};
