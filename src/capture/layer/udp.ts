import { u16 } from '../bytes.ts';
import { DNS_PORT, DONE, type Layer, udpPort } from './layer.ts';

/** UDP. Its length counts the header; a smaller one, jumbograms' 0 included, is not read. RFC 768 */
export const udp: Layer = (packet) => {
  const at = packet.headersEnd;
  if (at + 8 > packet.end || u16(packet.bytes, at + 4) < 8) return DONE;
  packet.transport = true;
  packet.sourcePort = u16(packet.bytes, at);
  packet.targetPort = u16(packet.bytes, at + 2);
  packet.headersEnd = at + 8;
  if (packet.fragment) return DONE;
  return udpPort(packet.sourcePort === DNS_PORT ? DNS_PORT : packet.targetPort);
};
