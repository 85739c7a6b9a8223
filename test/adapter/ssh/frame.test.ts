import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerReader } from '../../../src/adapter/ssh/answer.ts';
import { FrameReader } from '../../../src/adapter/ssh/frame.ts';
import { sectionHead, sectionOutput, type SectionHead } from '../../../src/adapter/ssh/section.ts';

interface Section {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom('frame 1\n0 0 10 0 1 0\nx', '\nabc gzip\n', '').map((text) => new Uint8Array(Buffer.from(text))),
);
const sections = fc.array(fc.record({ stdout: bytes, stderr: bytes }), { minLength: 1, maxLength: 8 });

function frame(list: readonly Section[], first = 0): Buffer {
  const heads = list.map((one, index) => `${first + index} 0 10 1 ${one.stdout.length} ${one.stderr.length}\n`);
  const bodies = list.flatMap((one) => [one.stdout, one.stderr]);
  return Buffer.concat([Buffer.from(`frame ${list.length}\n${heads.join('')}`), ...bodies]);
}

function inPieces(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => whole.subarray(at[index], end));
}

test('whatever the bytes and wherever they are cut, the sections come out as they went in', () => {
  fc.assert(
    fc.property(sections, sections, fc.array(fc.nat(), { maxLength: 20 }), (some, more, cuts) => {
      const got: Section[] = [];
      const reader = new FrameReader((_, stdout, stderr) => got.push({ stdout: u8(stdout), stderr: u8(stderr) }));
      for (const piece of inPieces(Buffer.concat([frame(some), frame(more, some.length)]), cuts)) reader.push(piece);
      expect(got).toEqual([...some, ...more]);
    }),
  );
});

test('gzipped frames after a greeting come out as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(
      sections,
      sections,
      fc.string({ maxLength: 200 }).filter((text) => !text.includes('abc')),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (some, more, greeting, cuts) => {
        const got: Section[] = [];
        const broken: Error[] = [];
        const reader = new AnswerReader(
          'abc',
          (_, stdout, stderr) => got.push({ stdout: u8(stdout), stderr: u8(stderr) }),
          (error) => broken.push(error),
        );
        const packed = [gzipSync(frame(some)), gzipSync(frame(more, some.length))];
        const whole = Buffer.concat([Buffer.from(`${greeting}\nabc gzip\n`), ...packed]);
        for (const piece of inPieces(whole, cuts)) reader.push(piece);
        await reader.end();
        expect(broken).toEqual([]);
        expect(got).toEqual([...some, ...more]);
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  ['no frame', 'hello world\n'],
  ['a line without end', 'x'.repeat(200)],
  ['a negative length', 'frame 1\n0 0 10 1 -5 0\n'],
  ['a length above the cap', 'frame 1\n0 0 10 1 9999999 0\n'],
  ['a head with a word too many', 'frame 1\n0 0 10 1 1 1 1\n'],
  ['too many sections', 'frame 10000\n'],
  ['a frame without sections', 'frame 0\n'],
])('T14: %s is refused', (_, text) => {
  const reader = new FrameReader(() => undefined);
  expect(() => reader.push(Buffer.from(text))).toThrow(TypeError);
});

test('a section that nobody announced is never given', () => {
  const got: SectionHead[] = [];
  const reader = new FrameReader((head) => got.push(head));
  reader.push(Buffer.from('frame 2\n0 0 10 1 3 0\n1 0 10 1 5 0\nabcde'));
  expect(got.map((head) => head.index)).toEqual([0]);
});

test.each([
  ['0 0 10 1 2 0', { exit: 0, timedOut: false }],
  ['0 255 10 1 2 0', { exit: 255, timedOut: false }],
  ['0 137 10 1 2 0', { exit: null, timedOut: false }],
  ['0 124 10 1 2 0', { exit: 124, timedOut: false }],
  ['0 124 1 100 2 0', { exit: null, timedOut: true }],
  ['0 137 1 200 2 0', { exit: null, timedOut: true }],
  ['0 143 1 100 2 0', { exit: null, timedOut: true }],
  ['0 late 0 0 2 0', { exit: null, timedOut: true, gap: 'timed-out' }],
])('head "%s" means %o', (line, expected) => {
  const head = sectionHead(line);
  expect(head && sectionOutput(head, Buffer.from('ok'), new Uint8Array(), false)).toMatchObject(expected);
});

function u8(one: Uint8Array): Uint8Array {
  return new Uint8Array(one);
}
