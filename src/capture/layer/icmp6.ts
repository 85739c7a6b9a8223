import { u16, u32 } from '../bytes.ts';
import { DONE, type Layer } from './layer.ts';
import { quoted } from './quoted.ts';

const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;
const TOO_BIG = 2;
/** Types 1 to 4 are errors that quote a packet; neighbour discovery and the rest are not read. */
const LAST_ERROR = 4;

/** ICMPv6: echoes, and errors with the header that they quote. RFC 4443 */
export const icmp6: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 8 > packet.end) return DONE;
  const type = bytes[at]!;
  packet.transport = true;
  packet.icmpType = type;
  packet.icmpCode = bytes[at + 1]!;
  packet.headersEnd = at + 4;
  if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    packet.echoId = u16(bytes, at + 4);
    packet.echoSequence = u16(bytes, at + 6);
    packet.headersEnd = at + 8;
  } else if (type >= 1 && type <= LAST_ERROR) {
    packet.headersEnd = at + 8;
    if (type === TOO_BIG) packet.mtu = u32(bytes, at + 4);
    quoted(packet);
  }
  return DONE;
};
