import { Random } from './random.ts';
import { LINK_HEADER, LINK_TYPES, SENT, seeds } from './seeds.ts';
import type { Sent } from '../../../src/model/index.ts';

/** One broken capture, and what it is to tell a story about. */
export interface Mutant {
  readonly pcap: Uint8Array;
  readonly sent: Sent;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MOST_PACKETS = 4;
/** Longer packets say nothing new, and cost time. */
const MOST_BYTES = 1200;
const ROOM = FILE_HEADER + MOST_PACKETS * 2 * (RECORD_HEADER + MOST_BYTES);

const BYTES = [0, 1, 0x3f, 0x40, 0x45, 0x4f, 0x5f, 0x60, 0x7f, 0x80, 0xff] as const;
/** Limits of lengths, and numbers that announce another header. */
const WORDS = [
  0, 1, 7, 8, 11, 12, 13, 19, 20, 21, 27, 28, 40, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x0800, 0x0806, 0x86dd, 0x8100,
  0x88a8, 0x6558, 53, 4789, 6081, 8472,
] as const;
const LONGS = [0, 1, 15, 16, 65_535, 65_536, 262_144, 262_145, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;

/** Where IPv4 and what it carries keep their lengths, from the network header on. */
const LENGTH_FIELDS = [0, 2, 3, 4, 6, 24, 25, 32, 28, 29, 36] as const;

const outer = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 172, 31, 0, 1, 172, 31, 0, 2];
const over = (protocol: number, ...rest: readonly number[]): Uint8Array =>
  new Uint8Array([...outer.map((byte, at) => (at === 9 ? protocol : byte)), ...rest]);
const FRAME = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
/** What an IPv4 packet can be put into, again and again; lengths of 0 leave it to the captured bytes. */
const TUNNELS = [
  over(4),
  over(17, 0xc0, 0, 0x12, 0xb5, 0xff, 0xff, 0, 0, 8, 0, 0, 0, 0, 0, 9, 0, ...FRAME),
  over(17, 0xc0, 0, 0x17, 0xc1, 0xff, 0xff, 0, 0, 1, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 4, 0x80, 0, ...FRAME),
  over(17, 0xc0, 0, 0x17, 0xc1, 0xff, 0xff, 0, 0, 0, 0, 8, 0, 0, 0, 9, 0),
  // An ICMP error that quotes what follows.
  over(1, 3, 4, 0, 0, 0, 0, 5, 0x78),
] as const;

/**
 * Makes broken captures: a few packets that real nodes sent or that have every header, each with flipped bits, limits of numbers
 * in its fields, lengths that lie, pieces cut off, repeated or taken from elsewhere, or wrapped in tunnels many times over;
 * sometimes the file around them is broken too. The same seed and index make the same capture; its bytes are overwritten by the next.
 */
export class Mutants {
  readonly #pools = seeds();
  readonly #random = new Random();
  readonly #bytes = new Uint8Array(ROOM);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Input number `index`. */
  make(index: number): Mutant {
    const random = this.#random;
    random.begin(this.#seed, index);
    const linkType = random.of(LINK_TYPES);
    const little = random.below(8) !== 0;
    const nanoseconds = random.below(8) === 0;
    this.#view.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, little);
    this.#view.setUint32(4, little ? 0x0004_0002 : 0x0002_0004, little);
    this.#view.setUint32(16, 262_144, little);
    this.#view.setUint32(20, linkType, little);
    const packets = 1 + random.below(MOST_PACKETS);
    const { ours, all } = this.#pools.get(linkType)!;
    const pool = random.below(2) === 0 ? ours : all;
    let end = FILE_HEADER;
    for (let packet = 0; packet < packets; packet += 1) end = this.#packet(end, linkType, little, random.of(pool));
    if (random.below(4) === 0) end = this.#breakFile(end, little);
    return { pcap: this.#bytes.subarray(0, end), sent: random.of(SENT) };
  }

  /** Writes one record at `at`; gives where it ends. */
  #packet(at: number, linkType: number, little: boolean, seed: Uint8Array): number {
    const random = this.#random;
    const start = at + RECORD_HEADER;
    this.#bytes.set(seed.length > MOST_BYTES ? seed.subarray(0, MOST_BYTES) : seed, start);
    let length = Math.min(seed.length, MOST_BYTES);
    for (let times = random.below(3); times > 0; times -= 1) length = this.#break(start, length, linkType);
    this.#view.setUint32(at, 1_700_000_000 + random.below(3), little);
    this.#view.setUint32(at + 4, random.below(1_000_000), little);
    this.#view.setUint32(at + 8, length, little);
    this.#view.setUint32(at + 12, Math.max(1, length + (random.below(8) === 0 ? random.below(65_536) : 0)), little);
    return start + length;
  }

  /** Breaks one thing of the packet; gives its new length. */
  #break(start: number, length: number, linkType: number): number {
    const random = this.#random;
    const network = LINK_HEADER[linkType]!;
    if (length < 8) return length;
    switch (random.below(9)) {
      case 0:
        this.#bytes[start + random.below(length)]! ^= 1 << random.below(8);
        return length;
      case 1:
        this.#bytes[start + random.below(length)] = random.below(4) === 0 ? random.below(256) : random.of(BYTES);
        return length;
      case 2:
        this.#view.setUint16(start + random.below(length - 1), this.#word(length));
        return length;
      case 3:
        this.#view.setUint32(start + random.below(length - 3), random.of(LONGS));
        return length;
      case 4: {
        const field = network + random.of(LENGTH_FIELDS);
        if (field + 2 > length) return length;
        if (random.below(2) === 0) this.#view.setUint16(start + field, this.#word(length));
        else this.#bytes[start + field] = random.of(BYTES);
        return length;
      }
      case 5:
        return random.below(length + 1);
      case 6:
        return this.#splice(start, length, random.of(this.#pools.get(linkType)!.all));
      case 7:
        return this.#repeat(start, length);
      default:
        return this.#nest(start, length, network);
    }
  }

  #word(length: number): number {
    const random = this.#random;
    const kind = random.below(4);
    if (kind === 0) return random.below(0x1_0000);
    return kind === 1 ? length + random.below(5) - 2 : random.of(WORDS);
  }

  /** The rest of another packet, from somewhere here on. */
  #splice(start: number, length: number, other: Uint8Array): number {
    const at = this.#random.below(length);
    const from = this.#random.below(other.length);
    const end = Math.min(MOST_BYTES, at + other.length - from);
    this.#bytes.set(other.subarray(from, from + end - at), start + at);
    return end;
  }

  /** A piece of the packet, several times. */
  #repeat(start: number, length: number): number {
    const from = this.#random.below(length);
    const piece = 1 + this.#random.below(Math.min(60, length - from));
    const times = Math.min(1 + this.#random.below(20), Math.floor((MOST_BYTES - length) / piece));
    return this.#insert(start, length, from, this.#bytes.slice(start + from, start + from + piece), times);
  }

  /** The packet inside tunnels, of one kind or mixed. */
  #nest(start: number, length: number, network: number): number {
    const random = this.#random;
    if (network > length) return length;
    let nested = length;
    let tunnel = random.of(TUNNELS);
    const mixed = random.below(2) === 0;
    for (let depth = 1 + random.below(random.below(2) === 0 ? 3 : 14); depth > 0; depth -= 1) {
      if (nested + tunnel.length > MOST_BYTES) return nested;
      nested = this.#insert(start, nested, network, tunnel, 1);
      if (mixed) tunnel = random.of(TUNNELS);
    }
    return nested;
  }

  #insert(start: number, length: number, at: number, piece: Uint8Array, times: number): number {
    const more = Math.max(0, times) * piece.length;
    this.#bytes.copyWithin(start + at + more, start + at, start + length);
    for (let put = 0; put < more; put += piece.length) this.#bytes.set(piece, start + at + put);
    return length + more;
  }

  /** Breaks the file around the packets; gives its new length. */
  #breakFile(end: number, little: boolean): number {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        return random.below(end + 1);
      case 1:
        this.#bytes[random.below(end)]! ^= 1 << random.below(8);
        return end;
      case 2:
        this.#view.setUint32(random.below(10) * 4, random.of(LONGS), little);
        return end;
      default: {
        const from = random.below(end);
        const piece = Math.min(end - from, 1 + random.below(400), ROOM - end);
        this.#bytes.copyWithin(end, from, from + piece);
        return end + piece;
      }
    }
  }
}
