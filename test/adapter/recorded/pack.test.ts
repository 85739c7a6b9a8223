import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  loadRecording,
  packOutputs,
  type Recording,
  RecordingError,
  saveRecording,
  unpackOutputs,
} from '../../../src/adapter/recorded/index.ts';
import { recordStory } from './story.ts';

describe('a packed recording', () => {
  let recording: Recording;
  let directory: string;
  let pack: string;
  beforeAll(async () => {
    recording = await recordStory();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'netdiag-recording-'));
    saveRecording(directory, recording);
    pack = join(directory, 'outputs.br');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const refusal = (): string => {
    try {
      loadRecording(directory);
    } catch (error) {
      expect(error).toBeInstanceOf(RecordingError);
      return error instanceof Error ? error.message : '';
    }
    return 'it was loaded';
  };
  const repacked = (change: (text: Buffer) => Uint8Array | string): void =>
    writeFileSync(pack, brotliCompressSync(change(brotliDecompressSync(readFileSync(pack)))));

  test('is the same as before, in one file', () => {
    const before = loadRecording(directory);
    packOutputs(directory);
    expect(readdirSync(directory).toSorted()).toEqual(['outputs.br', 'recording.json']);
    expect(loadRecording(directory)).toEqual(before);
  });

  test('packs to the same bytes whenever the same is recorded', () => {
    packOutputs(directory);
    const first = readFileSync(pack);
    saveRecording(directory, recording);
    expect(existsSync(pack), 'what is saved anew is not hidden by an old pack').toBe(false);
    packOutputs(directory);
    expect(readFileSync(pack).equals(first)).toBe(true);
  });

  test('gives every output back as a file of its own', async () => {
    const files = readdirSync(join(directory, 'outputs')).map((name) => [
      name,
      readFileSync(join(directory, 'outputs', name)).toString('hex'),
    ]);
    packOutputs(directory);
    const into = join(directory, 'there');
    unpackOutputs(directory, into);
    expect(readdirSync(into).map((name) => [name, readFileSync(join(into, name)).toString('hex')])).toEqual(files);
    await rm(pack);
    await rename(into, join(directory, 'outputs'));
    expect(refusal()).toBe('it was loaded');
  });

  test.each<[string, (whole: Buffer) => Uint8Array | string, RegExp]>([
    ['an index that is none', () => '{}\n', /has no index/],
    ['no index', () => '', /has no index/],
    ['an index without an end', () => '[]', /has no index/],
    ['a name that leads elsewhere', () => '[["../../etc/passwd", 1]]\nx', /has no index/],
    ['a length below zero', () => `[["${'0'.repeat(64)}.txt", -1]]\n`, /has no index/],
    ['less than its index says', (whole) => whole.subarray(0, -1), /shorter than its index says/],
    ['more than its index says', (whole) => Buffer.concat([whole, Buffer.from('x')]), /longer than its index says/],
    ['nothing in it', () => '[]\n', /is not in /],
    ['another byte', (whole) => Buffer.concat([whole.subarray(0, -1), Buffer.from([1])]), /holds other bytes than its name says/],
  ])('is refused with %s', (_, change, says) => {
    packOutputs(directory);
    repacked(change);
    expect(refusal()).toMatch(says);
  });

  test('is refused where it is no pack, cut off, or would unpack to more than a recording may hold', () => {
    packOutputs(directory);
    truncateSync(pack, statSync(pack).size - 3);
    expect(refusal()).toMatch(/cannot be unpacked/);
    writeFileSync(pack, 'outputs');
    expect(refusal()).toMatch(/cannot be unpacked/);
    writeFileSync(pack, brotliCompressSync(new Uint8Array(80_000_000)));
    expect(refusal()).toMatch(/cannot be unpacked, or is larger than/);
  });

  test('follows no link and waits for no pipe', async () => {
    packOutputs(directory);
    await rename(pack, join(directory, 'elsewhere'));
    symlinkSync(join(directory, 'elsewhere'), pack);
    expect(refusal()).toMatch(/cannot be opened: ELOOP/);
    await rm(pack);
    execFileSync('mkfifo', [pack]);
    expect(refusal()).toMatch(/is not a file/);
  });
});
