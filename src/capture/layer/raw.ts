import { DONE, etherType, type Layer } from './layer.ts';

/** No link header at all, as on ipip and WireGuard devices: the IP version is the first half byte. */
export const raw: Layer = (packet) => {
  if (packet.headersEnd >= packet.end) return DONE;
  const version = packet.bytes[packet.headersEnd]! >> 4;
  if (version === 4) return etherType(0x0800);
  return version === 6 ? etherType(0x86dd) : DONE;
};
