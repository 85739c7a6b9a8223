import { u16, u32 } from '../bytes.ts';
import { DNS_PORT, DONE, type Layer, tcpPort } from './layer.ts';

/** TCP. Options beyond the captured bytes do not make the fixed 20 bytes wrong. RFC 9293 */
export const tcp: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 20 > packet.end) return DONE;
  const header = (bytes[at + 12]! >> 4) * 4;
  if (header < 20) return DONE;
  packet.transport = true;
  packet.sourcePort = u16(bytes, at);
  packet.targetPort = u16(bytes, at + 2);
  packet.tcpSequence = u32(bytes, at + 4);
  packet.tcpAcknowledged = u32(bytes, at + 8);
  packet.tcpFlags = bytes[at + 13]!;
  packet.headersEnd = Math.min(at + header, packet.end);
  if (packet.fragment) return DONE;
  return packet.sourcePort === DNS_PORT || packet.targetPort === DNS_PORT ? tcpPort(DNS_PORT) : DONE;
};
