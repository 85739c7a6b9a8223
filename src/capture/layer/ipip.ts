import { IP6TNL, IPIP, IPV4, SIT } from '../packet.ts';
import { enter } from './inner.ts';
import { isIpv4 } from './ipv4.ts';
import { DONE, etherType, type Layer } from './layer.ts';

const FOUR_INSIDE = 4;

/**
 * An IP packet straight inside another one, as Calico's tunl0 sends them; from here on the packet is the inner one. Which
 * version is inside is said twice, by the protocol number and by the first half byte, and has to be the same. RFC 2003, RFC 4213
 */
export const ipip: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes, end, network } = packet;
  const four = packet.protocol === FOUR_INSIDE;
  const sound = four ? isIpv4(bytes, at, end) : at + 40 <= end && bytes[at]! >> 4 === 6;
  if (packet.fragment || !sound) return DONE;
  const inFour = four ? IPIP : SIT;
  enter(packet, network === IPV4 ? inFour : IP6TNL, -1);
  return etherType(four ? 0x0800 : 0x86dd);
};
