/** How a pcap file is written. */
export interface PcapForm {
  readonly linkType?: number;
  readonly bigEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly snap?: number;
}

/** One packet for `pcap`: its bytes, when (µs since the epoch), and how long it was on the wire. */
export interface Written {
  readonly bytes: Uint8Array;
  readonly at?: number;
  readonly wire?: number;
}

/** A classic pcap file, byte by byte. */
export function pcap(packets: readonly (Written | Uint8Array)[], form: PcapForm = {}): Uint8Array {
  const written = packets.map((packet) => (packet instanceof Uint8Array ? { bytes: packet } : packet));
  const size = written.reduce((sum, { bytes }) => sum + 16 + bytes.length, 24);
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const little = form.bigEndian !== true;
  view.setUint32(0, form.nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4, little);
  view.setUint16(4, 2, little);
  view.setUint16(6, 4, little);
  view.setUint32(16, form.snap ?? 262_144, little);
  view.setUint32(20, form.linkType ?? 1, little);
  let offset = 24;
  for (const [index, { bytes, at = 1_700_000_000_000_000 + index * 1000, wire = bytes.length }] of written.entries()) {
    view.setUint32(offset, Math.floor(at / 1_000_000), little);
    view.setUint32(offset + 4, (at % 1_000_000) * (form.nanoseconds === true ? 1000 : 1), little);
    view.setUint32(offset + 8, bytes.length, little);
    view.setUint32(offset + 12, wire, little);
    file.set(bytes, offset + 16);
    offset += 16 + bytes.length;
  }
  return file;
}

/** Bytes one after the other; a number is one byte, a string its characters. */
export function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return new Uint8Array(
    parts.flatMap((part) => {
      if (typeof part === 'number') return [part];
      return typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : [...part];
    }),
  );
}

/** 16 bits, big endian. */
export function be16(value: number): Uint8Array {
  return new Uint8Array([(value >> 8) & 0xff, value & 0xff]);
}

/** 32 bits, big endian. */
export function be32(value: number): Uint8Array {
  return bytes(be16(Math.floor(value / 0x1_0000)), be16(value % 0x1_0000));
}

/** Dotted IPv4, or IPv6 with all eight groups written out. */
export function address(text: string): Uint8Array {
  if (!text.includes(':')) return new Uint8Array(text.split('.').map(Number));
  return bytes(...text.split(':').map((group) => be16(Number.parseInt(group, 16))));
}

export const MAC_A = new Uint8Array([0x02, 0, 0, 0, 0, 0x0a]);
export const MAC_B = new Uint8Array([0x02, 0, 0, 0, 0, 0x0b]);

export function ethernet(type: number, payload: Uint8Array): Uint8Array {
  return bytes(MAC_B, MAC_A, be16(type), payload);
}

/** One 802.1Q tag and what is inside, to stand behind EtherType 0x8100. */
export function vlan(id: number, type: number, payload: Uint8Array): Uint8Array {
  return bytes(be16(id), be16(type), payload);
}

export function sll(type: number, payload: Uint8Array): Uint8Array {
  return bytes(be16(0), be16(1), be16(6), MAC_A, 0, 0, be16(type), payload);
}

export function sll2(type: number, device: number, payload: Uint8Array): Uint8Array {
  return bytes(be16(type), be16(0), be32(device), be16(1), 0, 6, MAC_A, 0, 0, payload);
}

export interface Ipv4 {
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  readonly options?: Uint8Array;
  /** Units of 8 bytes. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  readonly id?: number;
  readonly ttl?: number;
  /** Written instead of the true total length. */
  readonly length?: number;
}

export function ipv4(header: Ipv4, payload: Uint8Array): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  const size = 20 + options.length;
  return bytes(
    0x40 | (size / 4),
    0,
    be16(header.length ?? size + payload.length),
    be16(header.id ?? 0),
    be16((header.moreFragments === true ? 0x2000 : 0) | (header.fragmentOffset ?? 0)),
    header.ttl ?? 64,
    header.protocol,
    be16(0),
    address(header.source),
    address(header.target),
    options,
    payload,
  );
}

export function ipv6(source: string, target: string, next: number, payload: Uint8Array): Uint8Array {
  return bytes(0x60, 0, 0, 0, be16(payload.length), next, 64, address(source), address(target), payload);
}

export interface Tcp {
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly flags: number;
  readonly sequence?: number;
  readonly acknowledged?: number;
  readonly options?: Uint8Array;
}

export function tcp(header: Tcp, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  return bytes(
    be16(header.sourcePort),
    be16(header.targetPort),
    be32(header.sequence ?? 0),
    be32(header.acknowledged ?? 0),
    ((20 + options.length) / 4) << 4,
    header.flags,
    be16(64_240),
    be16(0),
    be16(0),
    options,
    payload,
  );
}

export function udp(
  sourcePort: number,
  targetPort: number,
  payload: Uint8Array,
  length = 8 + payload.length,
): Uint8Array {
  return bytes(be16(sourcePort), be16(targetPort), be16(length), be16(0), payload);
}

/** ICMP of either version: type, code, the four bytes that depend on the type, and the rest. */
export function icmp(
  type: number,
  code: number,
  rest: Uint8Array,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  return bytes(type, code, be16(0), rest, payload);
}

export function echo(type: number, id: number, sequence: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
  return icmp(type, 0, bytes(be16(id), be16(sequence)), payload);
}

export function arp(operation: number, sender: string, target: string): Uint8Array {
  return bytes(be16(1), be16(0x0800), 6, 4, be16(operation), MAC_A, address(sender), MAC_B, address(target));
}

export function vxlan(vni: number, frame: Uint8Array): Uint8Array {
  return bytes(0x08, 0, 0, 0, be32(vni * 256), frame);
}

/** Options as they are on the wire: class, type, length in words, and the words. */
export function geneve(vni: number, type: number, payload: Uint8Array, options?: Uint8Array): Uint8Array {
  const words = options ?? new Uint8Array(0);
  return bytes(words.length / 4, 0, be16(type), be32(vni * 256), words, payload);
}

export interface DnsMessage {
  readonly id: number;
  /** Both bytes of flags: 0x0100 a query that wants recursion, 0x8180 its answer, 0x8183 NXDOMAIN. */
  readonly flags: number;
  /** Labels of the question; none, no question. */
  readonly name?: readonly string[];
  readonly type?: number;
  readonly answers?: number;
}

export function dns(message: DnsMessage, rest: Uint8Array = new Uint8Array(0)): Uint8Array {
  const { name } = message;
  const question =
    name === undefined
      ? new Uint8Array(0)
      : bytes(...name.flatMap((label) => [label.length, label]), 0, be16(message.type ?? 1), be16(1));
  const counts = bytes(be16(name === undefined ? 0 : 1), be16(message.answers ?? 0), be16(0), be16(0));
  return bytes(be16(message.id), be16(message.flags), counts, question, rest);
}

/** An A record for the question's name, by the one pointer that honest servers write. */
export function record(address4: string): Uint8Array {
  return bytes(0xc0, 12, be16(1), be16(1), be32(30), be16(4), address(address4));
}

/** A DNS message as TCP carries it. */
export function counted(message: Uint8Array): Uint8Array {
  return bytes(be16(message.length), message);
}
