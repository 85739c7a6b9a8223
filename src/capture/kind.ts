import type { PacketKind } from '../model/index.ts';
import { ARP, type Packet } from './packet.ts';

/** TCP flags. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

const TCP = 6;
const UDP = 17;
const ICMP6 = 58;

/** A packet reduced to the one word that a story needs. A redirect is no error: the packet was forwarded. */
export function kindOf(packet: Packet): PacketKind {
  if (packet.network === ARP) return arpKind(packet.arpOperation);
  if (!packet.transport) return 'other';
  if (packet.protocol === TCP) return tcpKind(packet.tcpFlags);
  if (packet.protocol === UDP) return 'udp';
  return packet.protocol === ICMP6 ? icmp6Kind(packet.icmpType) : icmpKind(packet.icmpType);
}

function arpKind(operation: number): PacketKind {
  if (operation === 1) return 'arp-request';
  return operation === 2 ? 'arp-reply' : 'other';
}

function tcpKind(flags: number): PacketKind {
  if ((flags & RST) !== 0) return 'RST';
  if ((flags & SYN) !== 0) return (flags & ACK) === 0 ? 'SYN' : 'SYN-ACK';
  if ((flags & FIN) !== 0) return 'FIN';
  return (flags & ACK) === 0 ? 'other' : 'ACK';
}

function icmpKind(type: number): PacketKind {
  if (type === 8) return 'echo-request';
  if (type === 0) return 'echo-reply';
  return type === 3 || type === 4 || type === 11 || type === 12 ? 'icmp-error' : 'other';
}

function icmp6Kind(type: number): PacketKind {
  if (type === 128) return 'echo-request';
  if (type === 129) return 'echo-reply';
  return type >= 1 && type <= 4 ? 'icmp-error' : 'other';
}
