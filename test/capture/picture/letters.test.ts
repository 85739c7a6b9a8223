import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitted, onTwoLines, plain, sized, widthOf, wrapped } from '../../../src/capture/picture/letters.ts';

const REGULAR = { size: 1000, bold: false };
const BOLD = { size: 1000, bold: true };
const SMALL = { size: 12, bold: false };
const DRAWABLE = [...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)), '…', '×', '·'];

/** Advance width of each letter in thousandths of the size: https://learn.microsoft.com/typography/opentype/spec/hmtx */
function advances(font: string, letters: readonly string[]): number[] {
  const file = readFileSync(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${font}.ttf`)));
  const tables = new Map(
    Array.from({ length: file.readUInt16BE(4) }, (_, index) => {
      const at = 12 + 16 * index;
      return [file.toString('latin1', at, at + 4), file.readUInt32BE(at + 8)] as const;
    }),
  );
  const table = (name: string): number => tables.get(name) ?? Number.NaN;
  const units = file.readUInt16BE(table('head') + 18);
  const last = file.readUInt16BE(table('hhea') + 34) - 1;
  return letters.map((letter) => {
    const glyph = glyphOf(file, table('cmap'), letter.codePointAt(0) ?? 0);
    return Math.round((file.readUInt16BE(table('hmtx') + 4 * Math.min(glyph, last)) * 1000) / units);
  });
}

/** By the segments of a `cmap` subtable of format 4. */
function glyphOf(file: Buffer, cmap: number, code: number): number {
  const subtables = Array.from(
    { length: file.readUInt16BE(cmap + 2) },
    (_, index) => cmap + file.readUInt32BE(cmap + 8 + 8 * index),
  );
  const table = subtables.find((at) => file.readUInt16BE(at) === 4) ?? Number.NaN;
  const segments = file.readUInt16BE(table + 6) / 2;
  for (let segment = 0; segment < segments; segment += 1) {
    const at = table + 14 + 2 * segment;
    if (code > file.readUInt16BE(at)) continue;
    const start = file.readUInt16BE(at + 2 + 2 * segments);
    const delta = file.readUInt16BE(at + 2 + 4 * segments);
    const range = at + 2 + 6 * segments;
    const offset = file.readUInt16BE(range);
    if (offset === 0) return (code + delta) & 0xffff;
    return (file.readUInt16BE(range + offset + 2 * (code - start)) + delta) & 0xffff;
  }
  return 0;
}

describe('letters', () => {
  test.each([
    ['DejaVuSansCondensed', REGULAR],
    ['DejaVuSansCondensed-Bold', BOLD],
  ])('are as wide as in %s', (font, face) => {
    expect(DRAWABLE.map((letter) => Math.round(widthOf(letter, face)))).toEqual(advances(font, DRAWABLE));
  });

  test('that a name could hide behind are question marks', () => {
    expect(plain('eth0\u202E1\u0000\u200B\n\u{1F600}ä')).toBe('eth0?1?????');
    expect(plain('eth0 7 × SYN · …')).toBe('eth0 7 × SYN · …');
  });

  test('a name that fits stays whole, a longer one is shortened in the middle', () => {
    expect(fitted('eth0', SMALL, 80)).toBe('eth0');
    expect(fitted('ip-172-31-159-121.eu-central-1.compute.internal', SMALL, 100)).toBe('ip-172-….internal');
    expect(fitted('eth0', SMALL, 1)).toBe('…');
  });

  test('a name on two lines is broken behind a sign where it can be', () => {
    expect(onTwoLines('cali1234abcdef1', SMALL, 60)).toEqual(['cali1234ab', 'cdef1']);
    expect(onTwoLines('vxlan.calico', SMALL, 50)).toEqual(['vxlan.', 'calico']);
    expect(onTwoLines('eth0', SMALL, 50)).toEqual(['eth0']);
  });

  test('sentences are broken between words, and cut where there are too many', () => {
    expect(wrapped('one two three four', SMALL, 60, 2)).toEqual(['one two', 'three four']);
    expect(wrapped('one two three four five six', SMALL, 60, 2)).toEqual(['one two', 'three …']);
    expect(wrapped('', SMALL, 60, 2)).toEqual([]);
  });

  test('the largest size that fits is taken', () => {
    expect(sized('10.39.0.107', false, 66, [12, 11.5, 11])).toEqual({ size: 12, bold: false });
    expect(sized('10.39.0.107', false, 61, [12, 11.5, 11])).toEqual({ size: 11, bold: false });
  });

  test('nothing is wider than its room, whatever it says', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constant('W'.repeat(5000)));
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 400 }), fc.boolean(), (said, room, bold) => {
        const face = { size: 12, bold };
        const lines = [fitted(said, face, room), ...onTwoLines(said, face, room), ...wrapped(said, face, room, 3)];
        for (const line of lines) expect(widthOf(line, face)).toBeLessThanOrEqual(room);
        expect(onTwoLines(said, face, room).length).toBeLessThanOrEqual(2);
        expect(wrapped(said, face, room, 3).length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 200 },
    );
  });
});
