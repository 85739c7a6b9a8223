import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/capture/decode.ts';
import { headersOnly } from '../../src/capture/index.ts';
import { Packet } from '../../src/capture/packet.ts';
import { eachPacket } from '../../src/capture/pcap.ts';
import { pcap } from './build.ts';
import { decoded } from './decoded.ts';
import { packetOf, SECRET } from './packets.ts';
import { syn } from './talk.ts';

const capture = fc
  .constantFrom(1, 101, 113, 276, 105)
  .chain((linkType) =>
    fc
      .tuple(
        fc.array(packetOf(linkType === 105 ? 1 : linkType), { minLength: 1, maxLength: 4 }),
        fc.record({ bigEndian: fc.boolean(), nanoseconds: fc.boolean() }),
      )
      .map(([packets, form]) => pcap(packets, { ...form, linkType })),
  );

function holds(file: Uint8Array): boolean {
  return Buffer.from(file).includes(SECRET);
}

/** Every byte behind the last header that was understood. */
function payload(file: Uint8Array): number[] {
  const packet = new Packet();
  const all: number[] = [];
  eachPacket(file, (start, end, _at, _wire, linkType) => {
    decode(packet, file, start, end, linkType);
    all.push(...file.subarray(packet.headersEnd, end));
  });
  return all;
}

describe('headersOnly', () => {
  test('T13: keeps length and every decoded field, and no payload byte', () => {
    fc.assert(
      fc.property(capture, (file) => {
        expect(holds(file)).toBe(true);
        const zeroed = headersOnly(file);
        expect(zeroed).toHaveLength(file.length);
        expect(holds(zeroed)).toBe(false);
        expect(payload(zeroed).every((byte) => byte === 0)).toBe(true);
        expect(decoded(zeroed)).toEqual(decoded(file));
        expect(headersOnly(zeroed)).toEqual(zeroed);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps the headers as they are', () => {
    const file = pcap([syn(33_201)]);
    expect(headersOnly(file)).toEqual(file);
  });

  test('leaves the given bytes alone, also those of a Buffer', () => {
    const file = Buffer.from(pcap([Buffer.from(SECRET)]));
    expect(holds(headersOnly(file))).toBe(false);
    expect(holds(file)).toBe(true);
  });

  test('T13: a last packet that is cut off loses everything but its record header', () => {
    const whole = pcap([syn(33_201), { bytes: Buffer.from(SECRET.repeat(9)) }]);
    for (const missing of [1, 60, 170, 180, 190]) {
      const cut = whole.subarray(0, whole.length - missing);
      const zeroed = headersOnly(cut);
      expect(zeroed).toHaveLength(cut.length);
      expect(Buffer.from(zeroed).includes(SECRET.slice(0, 4))).toBe(false);
      expect(decoded(zeroed)).toEqual(decoded(cut));
      expect(headersOnly(zeroed)).toEqual(zeroed);
    }
  });

  test('a record header that makes no sense is payload too', () => {
    const file = new Uint8Array(24 + 400);
    file.set(pcap([]));
    file.set(Buffer.from(SECRET.repeat(20)), 24);
    expect(
      headersOnly(file)
        .subarray(24)
        .every((byte) => byte === 0),
    ).toBe(true);
  });

  test('what is no pcap is zeroed entirely', () => {
    expect(headersOnly(Buffer.from(SECRET))).toEqual(new Uint8Array(SECRET.length));
    expect(headersOnly(new Uint8Array(0))).toEqual(new Uint8Array(0));
  });
});
