import { u16 } from '../bytes.ts';
import { DNS_PORT, DONE, type Layer, udpPort } from './layer.ts';

/**
 * UDP. Its length counts the header; a smaller one, jumbograms' 0 included, is not read, and what lies behind it does not belong
 * to the datagram. RFC 768
 */
export const udp: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 8 > packet.end) return DONE;
  const length = u16(packet.bytes, at + 4);
  if (length < 8) return DONE;
  packet.transport = true;
  packet.sourcePort = u16(packet.bytes, at);
  packet.targetPort = u16(packet.bytes, at + 2);
  packet.headersEnd = at + 8;
  const port = packet.sourcePort === DNS_PORT ? DNS_PORT : packet.targetPort;
  // The first fragment holds a whole DNS header, but never a whole packet in a tunnel.
  if (packet.fragment && port !== DNS_PORT) return DONE;
  if (at + length < packet.end) packet.end = at + length;
  return udpPort(port);
};
