import type { Packet } from '../packet.ts';

/**
 * Understands one header, which begins at `packet.headersEnd`, and moves `headersEnd` behind it; gives the key of the header
 * that follows. A header that is cut off or contradicts itself is left alone: DONE, and nothing of it in the packet.
 * No decision may rest on bytes behind `headersEnd`, because those are zeroed before a capture is kept.
 */
export type Layer = (packet: Packet) => number;

/** Nothing follows that netdiag could read. */
export const DONE = 0;

/** No key is as large: a kind of announcement, and 16 bits of what it announces. */
export const KEYS = 0x6_0000;

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

/** Key of the layer behind a UDP port. */
export function udpPort(number: number): number {
  return 0x4_0000 + number;
}

/** Key of the layer behind a TCP port. */
export function tcpPort(number: number): number {
  return 0x5_0000 + number;
}

/** The one port whose packets are read in both directions. */
export const DNS_PORT = 53;
/** 8472 is Linux's own default, which flannel kept: https://docs.kernel.org/networking/vxlan.html */
export const VXLAN_PORT = 4789;
export const VXLAN_PORT_LINUX = 8472;
export const GENEVE_PORT = 6081;
