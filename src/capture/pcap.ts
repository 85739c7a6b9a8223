/** The classic pcap format: a global header, then a 16-byte header before each packet: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html */
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** What libpcap calls MAXIMUM_SNAPLEN: no packet of a sane capture is longer. */
const MAX_PACKET = 262_144;

/**
 * Sees one packet: its bytes are `pcap[start..end)`, it arrived at `at` µs since the epoch and had `wire` bytes then.
 * No object is made per packet; whoever needs one keeps what it needs.
 */
export type Visit = (start: number, end: number, at: number, wire: number, linkType: number) => void;

/** How a capture ended. */
export interface PcapEnd {
  /** Whole packets. */
  readonly packets: number;
  /** Offset after the last whole packet. */
  readonly end: number;
  /** `truncated`: the bytes end, or stop to make sense, in the middle · `unparsable`: no pcap at all. Absent: whole. */
  readonly gap?: 'truncated' | 'unparsable';
}

/**
 * Walks over the packets of a classic pcap file, µs or ns, either byte order. No length is believed: a record whose
 * header contradicts itself, the global header or the end of the bytes is where the capture ends. Never throws by itself.
 */
export function eachPacket(pcap: Uint8Array, visit: Visit): PcapEnd {
  const file = open(pcap);
  if (file === null) return { packets: 0, end: 0, gap: 'unparsable' };
  const { view, little, linkType } = file;
  const divisor = file.perSecond / 1_000_000;
  let packets = 0;
  let offset = FILE_HEADER;
  while (offset + RECORD_HEADER <= pcap.length) {
    const start = offset + RECORD_HEADER;
    const length = capturedLength(file, offset);
    if (length < 0 || start + length > pcap.length) break;
    const at = view.getUint32(offset, little) * 1_000_000 + Math.floor(view.getUint32(offset + 4, little) / divisor);
    visit(start, start + length, at, view.getUint32(offset + 12, little), linkType);
    packets += 1;
    offset = start + length;
  }
  return offset === pcap.length ? { packets, end: offset } : { packets, end: offset, gap: 'truncated' };
}

/**
 * Where the header of a last, cut-off packet ends: 16 bytes after `end` when that header makes sense and only its packet
 * is cut, otherwise `end` itself.
 */
export function cutHeaderEnd(pcap: Uint8Array, end: number): number {
  const file = open(pcap);
  if (file === null || end + RECORD_HEADER > pcap.length) return end;
  return capturedLength(file, end) > 0 ? end + RECORD_HEADER : end;
}

interface PcapFile {
  readonly view: DataView;
  readonly little: boolean;
  /** Units of the timestamps' fraction: 10⁶ or 10⁹. */
  readonly perSecond: number;
  readonly snap: number;
  readonly linkType: number;
}

function open(pcap: Uint8Array): PcapFile | null {
  if (pcap.length < FILE_HEADER) return null;
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  const magic = view.getUint32(0, true);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const nanoseconds = magic === 0xa1b23c4d || magic === 0x4d3cb2a1;
  if (!little && magic !== 0xd4c3b2a1 && magic !== 0x4d3cb2a1) return null;
  if (view.getUint16(4, little) !== 2) return null;
  const snap = view.getUint32(16, little);
  return {
    view,
    little,
    perSecond: nanoseconds ? 1_000_000_000 : 1_000_000,
    snap: snap > 0 && snap < MAX_PACKET ? snap : MAX_PACKET,
    // The upper half of the field may say how long the frame check sequence is.
    linkType: view.getUint32(20, little) & 0xffff,
  };
}

/** Bytes kept of the packet whose header is at `offset`; −1 when the header contradicts itself. */
function capturedLength({ view, little, perSecond, snap }: PcapFile, offset: number): number {
  const length = view.getUint32(offset + 8, little);
  const wire = view.getUint32(offset + 12, little);
  const sane = length <= snap && wire >= length && wire > 0 && view.getUint32(offset + 4, little) < perSecond;
  return sane ? length : -1;
}
