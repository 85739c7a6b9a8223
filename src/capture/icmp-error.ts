import type { IcmpError, Sighting } from '../model/index.ts';
import { IPV6, type Packet } from './packet.ts';

/** No link takes less (RFC 791), and none more than a packet can have: what lies outside was not meant as an MTU. */
const LEAST_MTU = 68;
const MOST_MTU = 65_535;

/** What an ICMP error of either version says of the packet that it quotes, and what the next link takes if it says that. */
export function errorOf(packet: Packet): NonNullable<Sighting['error']> {
  const says =
    packet.network === IPV6 ? says6(packet.icmpType, packet.icmpCode) : says4(packet.icmpType, packet.icmpCode);
  const { mtu } = packet;
  return says === 'too-big' && mtu >= LEAST_MTU && mtu <= MOST_MTU ? { says, mtu } : { says };
}

/** https://www.iana.org/assignments/icmp-parameters */
function says4(type: number, code: number): IcmpError {
  if (type === 11) return 'time-exceeded';
  if (type !== 3) return 'other';
  if (code === 3) return 'port-unreachable';
  if (code === 4) return 'too-big';
  return code === 9 || code === 10 || code === 13 ? 'prohibited' : 'unreachable';
}

/** https://www.iana.org/assignments/icmpv6-parameters */
function says6(type: number, code: number): IcmpError {
  if (type === 2) return 'too-big';
  if (type === 3) return 'time-exceeded';
  if (type !== 1) return 'other';
  if (code === 4) return 'port-unreachable';
  return code === 1 || code === 5 ? 'prohibited' : 'unreachable';
}
