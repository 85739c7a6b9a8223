import { u16 } from './bytes.ts';
import type { Packet } from './packet.ts';

/** A DNS header, and the first question where the capture still holds it. */
export interface Dns {
  readonly id: number;
  /** False: a query. */
  readonly response: boolean;
  /** 0 QUERY, 4 NOTIFY, 5 UPDATE. */
  readonly opcode: number;
  /** Cut off by the server: the asker should come again by TCP. */
  readonly truncated: boolean;
  /** 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly rcode: number;
  readonly questions: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additional: number;
  /** `null` where there is none, or the capture does not hold all of it: a kept capture never does, names are payload. */
  readonly question: Question | null;
}

/** What is asked. */
export interface Question {
  /** Labels as in presentation format, without the last dot; the root is `.`. What is no printable ASCII is written `\ddd`. */
  readonly name: string;
  /** 1 A, 28 AAAA, 33 SRV: https://www.iana.org/assignments/dns-parameters */
  readonly type: number;
}

/** No name is longer: RFC 1035, 2.3.4. */
const MAX_NAME = 255;
const HEADER = 12;

/** The DNS header of a decoded packet; `null` when it carries none. Reads on demand, so that decoding itself stays cheap. */
export function dnsOf(packet: Packet): Dns | null {
  const { bytes, dnsAt: at } = packet;
  if (at < 0) return null;
  const high = bytes[at + 2]!;
  const questions = u16(bytes, at + 4);
  return {
    id: u16(bytes, at),
    response: (high & 0x80) !== 0,
    opcode: (high >> 3) & 0x0f,
    truncated: (high & 0x02) !== 0,
    rcode: bytes[at + 3]! & 0x0f,
    questions,
    answers: u16(bytes, at + 6),
    authorities: u16(bytes, at + 8),
    additional: u16(bytes, at + 10),
    question: questions === 0 ? null : questionAt(bytes, at + HEADER, packet.end),
  };
}

/**
 * The first question. A compression pointer in it could only point at itself or at the header, since nothing stands before
 * it: such a name is not read, and no pointer is ever followed. RFC 1035, 4.1.4
 */
function questionAt(bytes: Uint8Array, start: number, end: number): Question | null {
  const labels: string[] = [];
  for (let at = start; at < end && at - start < MAX_NAME;) {
    const length = bytes[at]!;
    if (length === 0) {
      if (at + 5 > end) return null;
      const [type, dnsClass] = [u16(bytes, at + 1), u16(bytes, at + 3)];
      // Zeroed payload reads as the root name with type 0 and class 0, which nobody asks for.
      return type === 0 || dnsClass === 0 ? null : { name: labels.join('.') || '.', type };
    }
    if (length > 63 || at + 1 + length > end) return null;
    labels.push(label(bytes.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return null;
}

/** Dots and backslashes inside a label are escaped: RFC 4343, 2.1 */
function label(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    if (byte === 0x2e || byte === 0x5c) return `\\${String.fromCodePoint(byte)}`;
    return byte > 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : `\\${String(byte).padStart(3, '0')}`;
  }).join('');
}
