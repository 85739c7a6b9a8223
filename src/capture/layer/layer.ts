import type { Packet } from '../packet.ts';

/**
 * Understands one header, which begins at `packet.headersEnd`, and moves `headersEnd` behind it; gives the key of the header
 * that follows. A header that is cut off or contradicts itself is left alone: DONE, and nothing of it in the packet.
 * No decision may rest on bytes behind `headersEnd`, because those are zeroed before a capture is kept.
 */
export type Layer = (packet: Packet) => number;

/** Nothing follows that netdiag could read. */
export const DONE = 0;

/** Key of the layer behind a link type of the pcap file. */
export function linkType(number: number): number {
  return 0x1_0000 + number;
}

/** Key of the layer behind an EtherType. */
export function etherType(number: number): number {
  return 0x2_0000 + number;
}

/** Key of the layer behind an IP protocol number. */
export function ipProtocol(number: number): number {
  return 0x3_0000 + number;
}

/** Key of the layer behind a UDP target port. */
export function udpPort(number: number): number {
  return 0x4_0000 + number;
}
