import { decode } from './decode.ts';
import { Packet } from './packet.ts';
import { cutHeaderEnd, eachPacket } from './pcap.ts';

/**
 * A copy of a capture without payload: in every packet each byte after the last header that netdiag understands is zero.
 * Same length, same packets, same decoded fields. What is no whole packet, and what is no pcap at all, is zeroed entirely,
 * but for the 16-byte header of a last packet that was cut off. Never throws.
 */
export function headersOnly(pcap: Uint8Array): Uint8Array {
  // Not `slice`: that of a Buffer would be the same memory.
  const kept = new Uint8Array(pcap);
  const packet = new Packet();
  const walked = eachPacket(pcap, (start, end, _at, _wire, linkType) => {
    decode(packet, pcap, start, end, linkType);
    kept.fill(0, packet.headersEnd, end);
  });
  kept.fill(0, walked.gap === 'truncated' ? cutHeaderEnd(pcap, walked.end) : walked.end);
  return kept;
}
