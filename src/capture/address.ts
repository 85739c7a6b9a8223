import { Address6 } from 'ip-address';
import { u16 } from './bytes.ts';
import { IPV6, type Packet } from './packet.ts';

/** Source address of a packet as text; empty when it has none. */
export function sourceOf(packet: Packet): string {
  return addressAt(packet.bytes, packet.sourceAt, packet.network === IPV6);
}

/** Target address of a packet as text; empty when it has none. */
export function targetOf(packet: Packet): string {
  return addressAt(packet.bytes, packet.targetAt, packet.network === IPV6);
}

/** An address as text: dotted IPv4, or IPv6 in the form of RFC 5952; empty for a negative offset. */
export function addressAt(bytes: Uint8Array, at: number, six: boolean): string {
  if (at < 0) return '';
  if (!six) return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  const groups = Array.from({ length: 8 }, (_, group) => u16(bytes, at + 2 * group));
  const zeros = longestZeros(groups);
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return zeros === null ? text(0, 8) : `${text(0, zeros.from)}::${text(zeros.to, 8)}`;
}

/** The form in which `addressAt` writes this address; text that is no IPv6 address comes back as it is. */
export function canonicalAddress(text: string): string {
  return text.includes(':') && Address6.isValid(text) ? new Address6(text).correctForm() : text;
}

/** A MAC address as text; null for a negative offset. */
export function macAt(bytes: Uint8Array, at: number): string | null {
  if (at < 0) return null;
  return Array.from(bytes.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The first longest run of at least two zero groups. */
function longestZeros(groups: readonly number[]): { readonly from: number; readonly to: number } | null {
  let longest: { readonly from: number; readonly to: number } | null = null;
  for (let from = 0; from < groups.length; from += 1) {
    let to = from;
    while (groups[to] === 0) to += 1;
    if (to - from >= 2 && to - from > (longest === null ? 0 : longest.to - longest.from)) longest = { from, to };
    if (to > from) from = to;
  }
  return longest;
}
