import { u16 } from '../bytes.ts';
import { DONE, type Layer } from './layer.ts';
import { quoted } from './quoted.ts';

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const TOO_BIG = 4;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const ECHO_REQUEST = 8;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;

/** ICMP for IPv4: echoes, and errors with the header that they quote. RFC 792 */
export const icmp: Layer = (packet) => {
  const at = packet.headersEnd;
  const { bytes } = packet;
  if (at + 8 > packet.end) return DONE;
  const type = bytes[at]!;
  packet.transport = true;
  packet.icmpType = type;
  packet.icmpCode = bytes[at + 1]!;
  packet.headersEnd = at + 4;
  switch (type) {
    case ECHO_REPLY:
    case ECHO_REQUEST:
      packet.echoId = u16(bytes, at + 4);
      packet.echoSequence = u16(bytes, at + 6);
      packet.headersEnd = at + 8;
      break;
    case UNREACHABLE:
    case SOURCE_QUENCH:
    case REDIRECT:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
      packet.headersEnd = at + 8;
      // Next-hop MTU: RFC 1191, 4
      if (type === UNREACHABLE && packet.icmpCode === TOO_BIG) packet.mtu = u16(bytes, at + 6);
      quoted(packet);
      break;
    default:
  }
  return DONE;
};
