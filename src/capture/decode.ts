import { layers } from './layer/index.ts';
import { DONE, linkType } from './layer/layer.ts';
import type { Packet } from './packet.ts';

/** A tunnel in a tunnel behind two VLAN tags, with a DNS header inside, has 14 headers; towers of more end here. */
const MAX_LAYERS = 16;

/**
 * Reads the headers of the packet in `bytes[start..end)` into `packet`, from the link type on, as far as they make sense.
 * Never throws; what was not understood is absent in `packet`, and `packet.headersEnd` says where understanding ended.
 */
export function decode(packet: Packet, bytes: Uint8Array, start: number, end: number, link: number): void {
  packet.reset(bytes, start, end);
  let next = linkType(link);
  for (let depth = 0; next !== DONE && depth < MAX_LAYERS; depth += 1) next = layers.get(next)?.(packet) ?? DONE;
}
