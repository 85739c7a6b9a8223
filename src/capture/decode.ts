import { layers } from './layer/index.ts';
import { DONE, KEYS, type Layer, linkType } from './layer/layer.ts';
import type { Packet } from './packet.ts';

/** A tunnel in a tunnel behind two VLAN tags, with a DNS header inside, has 14 headers; towers of more end here. */
const MAX_LAYERS = 16;

/** Layers by number, and the number of the layer behind each key; nothing is behind 0. A map takes a tenth longer. */
const numbered: readonly Layer[] = [() => DONE, ...new Set(layers.values())];
const behind = new Uint8Array(KEYS);
for (const [key, layer] of layers) behind[key] = numbered.indexOf(layer);

/**
 * Reads the headers of the packet in `bytes[start..end)` into `packet`, from the link type on, as far as they make sense.
 * Never throws; what was not understood is absent in `packet`, and `packet.headersEnd` says where understanding ended.
 */
export function decode(packet: Packet, bytes: Uint8Array, start: number, end: number, link: number): void {
  packet.reset(bytes, start, end);
  let next = behind[linkType(link)] ?? 0;
  for (let depth = 0; next !== 0 && depth < MAX_LAYERS; depth += 1) next = behind[numbered[next]!(packet)]!;
}
