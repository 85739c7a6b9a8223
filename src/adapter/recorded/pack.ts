import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { z } from 'zod';
import { FILE_BYTES, FILES, TOTAL_BYTES } from './limit.ts';
import { readWhole } from './read-whole.ts';
import { RecordingError } from './recording.ts';

/**
 * All outputs of a recording in one file. The same command prints nearly the same in every state, so that outputs compress to a
 * fortieth together, and hardly by themselves (https://www.rfc-editor.org/rfc/rfc7932, a window of 16 MB).
 */
export const PACK = 'outputs.br';
/** An index entry is shorter than this. */
const ENTRY_BYTES = 100;
const NAME = /^[0-9a-f]{64}\.(txt|bin|pcap|json)$/;
const NEWLINE = 0x0a;

/** The names of the files and the length of each, in order; their bytes follow, one after the other. */
const index = z.array(z.tuple([z.string().regex(NAME), z.int().min(0).max(FILE_BYTES)])).max(FILES);

/** Puts the outputs of a saved recording into one file, in the place of their directory. */
export function packOutputs(directory: string): void {
  const outputs = join(directory, 'outputs');
  const names = readdirSync(outputs).toSorted();
  const files = names.map((name) => readWhole(join(outputs, name), FILE_BYTES));
  const entries = names.map((name, at) => [name, files[at]?.length ?? 0] as const);
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(entries)}\n`), ...files]);
  const packed = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(join(directory, PACK), packed);
  rmSync(outputs, { recursive: true });
}

/** Makes every output of a packed recording a file of its own in `into`, for whoever wants to read or compare them. */
export function unpackOutputs(directory: string, into: string): void {
  mkdirSync(into, { recursive: true });
  for (const [name, bytes] of contents(directory)) writeFileSync(join(into, name), bytes);
}

/** The packed files by name. Throws RecordingError for a pack that is none, or larger than its bounds; for a file that is not in it. */
export function readPack(directory: string): (file: string) => Uint8Array {
  const files = contents(directory);
  return (file) => {
    const bytes = files.get(file);
    if (bytes === undefined) throw new RecordingError(`${file} is not in ${join(directory, PACK)}.`);
    return bytes;
  };
}

function contents(directory: string): ReadonlyMap<string, Uint8Array> {
  const path = join(directory, PACK);
  const bytes = unpacked(readWhole(path, TOTAL_BYTES), path);
  const end = bytes.indexOf(NEWLINE);
  const entries = index.safeParse(json(bytes.subarray(0, Math.max(end, 0)).toString()));
  if (!entries.success) throw new RecordingError(`${path} has no index of the files in it.`);
  const files = new Map<string, Uint8Array>();
  let at = end + 1;
  for (const [name, length] of entries.data) {
    if (at + length > bytes.length) throw new RecordingError(`${path} is shorter than its index says.`);
    files.set(name, new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
    at += length;
  }
  if (at !== bytes.length) throw new RecordingError(`${path} is longer than its index says.`);
  return files;
}

function unpacked(packed: Uint8Array, path: string): Buffer {
  try {
    return brotliDecompressSync(packed, { maxOutputLength: TOTAL_BYTES + FILES * ENTRY_BYTES });
  } catch (error) {
    throw new RecordingError(`${path} cannot be unpacked, or is larger than ${TOTAL_BYTES} bytes.`, { cause: error });
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
