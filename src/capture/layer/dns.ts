import { u16 } from '../bytes.ts';
import { DONE, type Layer } from './layer.ts';

const TCP = 6;
const HEADER = 12;
const RESPONSE = 0x80;
/** The root name, type and class. */
const SHORTEST_QUESTION = 5;
/** The root name, type, class, lifetime and length. */
const SHORTEST_RECORD = 11;

/**
 * The DNS header, on UDP or behind the length that TCP puts before each message. Its counts have to fit into the message,
 * which those of a text on its port never do; a query that asks nothing is zeroed payload, and a TCP segment that does not ask
 * exactly one thing is the middle of a message. Names stand behind the header and count as payload: they tell who talks to
 * whom. RFC 1035, 4.1.1 and 4.2.2
 */
export const dns: Layer = (packet) => {
  const { bytes } = packet;
  const overTcp = packet.protocol === TCP;
  const at = overTcp ? packet.headersEnd + 2 : packet.headersEnd;
  if (at + HEADER > packet.end) return DONE;
  const length = overTcp ? u16(bytes, at - 2) : u16(bytes, at - 4) - 8;
  const questions = u16(bytes, at + 4);
  const records = u16(bytes, at + 6) + u16(bytes, at + 8) + u16(bytes, at + 10);
  const query = (bytes[at + 2]! & RESPONSE) === 0;
  if (overTcp ? questions !== 1 : query && questions + records === 0) return DONE;
  if (HEADER + questions * SHORTEST_QUESTION + records * SHORTEST_RECORD > length) return DONE;
  packet.dnsAt = at;
  packet.headersEnd = at + HEADER;
  return DONE;
};
