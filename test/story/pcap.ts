/** One packet of a pcap file: how many bytes were kept, and how many after its headers are not zero. */
export interface Kept {
  readonly bytes: number;
  readonly payload: number;
}

const TCP = 6;
const ICMP = 1;

/**
 * Reads a little-endian pcap file of Ethernet frames (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html) by itself,
 * without netdiag's decoder, and counts what a payload would be. Throws for anything that these tests do not send.
 */
export function packetsIn(pcap: Uint8Array): Kept[] {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  if (view.getUint32(0, true) !== 0xa1b2c3d4 || view.getUint32(20, true) !== 1) throw new Error('no Ethernet pcap');
  const packets: Kept[] = [];
  for (let at = 24; at < pcap.length;) {
    const kept = view.getUint32(at + 8, true);
    const frame = pcap.subarray(at + 16, at + 16 + kept);
    packets.push({ bytes: kept, payload: frame.subarray(headersOf(frame)).filter((byte) => byte !== 0).length });
    at += 16 + kept;
  }
  return packets;
}

function headersOf(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint16(12) !== 0x0800) throw new Error(`no IPv4 packet: ${view.getUint16(12).toString(16)}`);
  const ip = 14 + (view.getUint8(14) & 0x0f) * 4;
  const protocol = view.getUint8(14 + 9);
  if (protocol === TCP) return ip + (view.getUint8(ip + 12) >> 4) * 4;
  if (protocol === ICMP) return ip + 8;
  throw new Error(`no TCP and no ICMP: protocol ${protocol}`);
}
