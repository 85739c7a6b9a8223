import { u16, u32 } from '../bytes.ts';
import { DONE, etherType, type Layer } from './layer.ts';

/** What `tcpdump -i any` writes since libpcap 1.10: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
export const sll2: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 20 > packet.end) return DONE;
  packet.device = u32(packet.bytes, at + 4);
  if (packet.bytes[at + 11] === 6) packet.macSourceAt = at + 12;
  packet.headersEnd = at + 20;
  const type = u16(packet.bytes, at);
  return type < 0x600 ? DONE : etherType(type);
};
