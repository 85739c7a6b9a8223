import type { PacketKind } from '../model/index.ts';
import { DNS_PORT } from './layer/layer.ts';
import { ARP, type Packet } from './packet.ts';

/** TCP flags. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

const TCP = 6;
const UDP = 17;
const ICMP6 = 58;

/** DNS response codes that are an answer: no error, and no such name. RFC 1035, 4.1.1 */
const NO_ERROR = 0;
const NO_SUCH_NAME = 3;

/** What a packet of this kind is to its flow; absent: the rest of a conversation. */
export const PART_OF: Readonly<Partial<Record<PacketKind, 'request' | 'answer' | 'refusal'>>> = {
  SYN: 'request',
  'echo-request': 'request',
  'dns-query': 'request',
  'SYN-ACK': 'answer',
  'echo-reply': 'answer',
  'dns-answer': 'answer',
  RST: 'refusal',
  'icmp-error': 'refusal',
  'dns-refused': 'refusal',
  'dns-cut': 'refusal',
};

/** A packet reduced to the one word that a story needs. A redirect is no error: the packet was forwarded. */
export function kindOf(packet: Packet): PacketKind {
  if (packet.network === ARP) return arpKind(packet.arpOperation);
  if (!packet.transport) return 'other';
  if (packet.protocol === TCP) return tcpKind(packet.tcpFlags);
  if (packet.protocol === UDP) return udpKind(packet);
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

/** By the port that is asked, and by the header's own word: https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1 */
function udpKind({ bytes, dnsAt, sourcePort, targetPort }: Packet): PacketKind {
  if (dnsAt < 0) return 'udp';
  const flags = bytes[dnsAt + 2]!;
  if ((flags & 0x80) === 0) return targetPort === DNS_PORT ? 'dns-query' : 'udp';
  if (sourcePort !== DNS_PORT) return 'udp';
  if ((flags & 0x02) !== 0) return 'dns-cut';
  const rcode = bytes[dnsAt + 3]! & 0x0f;
  return rcode === NO_ERROR || rcode === NO_SUCH_NAME ? 'dns-answer' : 'dns-refused';
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
