import { describe, expect, test } from 'vitest';
import { eachPacket } from '../../src/capture/pcap.ts';
import { pcap } from './build.ts';

const AT = 1_700_000_000_123_456;
const ONE = { bytes: new Uint8Array([1, 2, 3]), at: AT, wire: 1500 };
const TWO = { bytes: new Uint8Array([4, 5]), at: AT + 1 };

function walk(file: Uint8Array) {
  const packets: { bytes: number[]; at: number; wire: number; linkType: number }[] = [];
  const end = eachPacket(file, (start, stop, at, wire, linkType) =>
    packets.push({ bytes: [...file.subarray(start, stop)], at, wire, linkType }),
  );
  return { ...end, list: packets };
}

describe('a whole pcap', () => {
  test.each([{}, { bigEndian: true }, { nanoseconds: true }, { bigEndian: true, nanoseconds: true }])('%j', (form) => {
    expect(walk(pcap([ONE, TWO], { ...form, linkType: 276 }))).toEqual({
      packets: 2,
      end: 24 + 16 + 3 + 16 + 2,
      list: [
        { bytes: [1, 2, 3], at: AT, wire: 1500, linkType: 276 },
        { bytes: [4, 5], at: AT + 1, wire: 2, linkType: 276 },
      ],
    });
  });

  test('without packets', () => {
    expect(walk(pcap([]))).toEqual({ packets: 0, end: 24, list: [] });
  });

  test('inside a larger buffer', () => {
    const file = pcap([ONE]);
    const room = Buffer.alloc(file.length + 9, 0xff);
    room.set(file, 5);
    expect(walk(room.subarray(5, 5 + file.length))).toMatchObject({ packets: 1, end: file.length });
  });

  test('the frame check sequence bits beside the link type do not change it', () => {
    const file = pcap([ONE]);
    new DataView(file.buffer).setUint32(20, 0x4400_0001, true);
    expect(walk(file).list[0]?.linkType).toBe(1);
  });
});

describe('a pcap that is not whole', () => {
  test.each([1, 2, 15, 16, 17])('%i bytes of the last record are missing: the packets before are kept', (missing) => {
    const file = pcap([ONE, TWO]);
    const cut = walk(file.subarray(0, file.length - missing));
    expect(cut).toMatchObject({ packets: 1, end: 43, gap: 'truncated' });
    expect(cut.list).toHaveLength(1);
  });

  test.each([
    ['a length above the snap length', 8, 97],
    ['a length of 4 GiB', 8, 0xffff_ffff],
    ['fewer bytes on the wire than captured', 12, 1],
    ['a second of a million µs', 4, 1_000_000],
  ])('%s ends it', (_, field, value) => {
    const file = pcap([ONE, TWO], { snap: 96 });
    new DataView(file.buffer).setUint32(43 + field, value, true);
    expect(walk(file)).toMatchObject({ packets: 1, end: 43, gap: 'truncated' });
  });

  test('zeros at the end are no packets', () => {
    const file = new Uint8Array(24 + 19 + 1000);
    file.set(pcap([ONE]));
    expect(walk(file)).toMatchObject({ packets: 1, end: 43, gap: 'truncated' });
  });
});

describe('no pcap', () => {
  const broken = (change: (view: DataView) => void) => {
    const file = pcap([ONE]);
    change(new DataView(file.buffer));
    return file;
  };
  test.each([
    ['nothing', new Uint8Array(0)],
    ['half a header', pcap([]).subarray(0, 23)],
    ['pcapng', broken((view) => view.setUint32(0, 0x0a0d0d0a))],
    ['another version', broken((view) => view.setUint16(4, 3, true))],
    ['text', new TextEncoder().encode('tcpdump: eth9: No such device exists')],
  ])('%s', (_, file) => {
    expect(walk(file)).toEqual({ packets: 0, end: 0, gap: 'unparsable', list: [] });
  });

  test('a senseless snap length is not believed, packets up to 256 KiB are', () => {
    for (const snap of [0, 0xffff_ffff]) expect(walk(pcap([ONE], { snap }))).toMatchObject({ packets: 1 });
    const large = { bytes: new Uint8Array(262_145) };
    for (const snap of [0, 0xffff_ffff]) {
      expect(walk(pcap([large], { snap }))).toMatchObject({ packets: 0, gap: 'truncated' });
    }
  });
});
