import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../model/index.ts';
import { FILE_BYTES, FILES, TOTAL_BYTES } from './limit.ts';
import { RecordingError } from './recording.ts';

/** Bytes of one regular file; no link is followed and nothing above the limit is read. Throws RecordingError. */
export function readWhole(path: string, limit: number): Uint8Array {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new RecordingError(`${path} of the recording cannot be opened: ${why}.`, { cause: error });
  }
  try {
    const { size, isFile } = { size: fstatSync(handle).size, isFile: fstatSync(handle).isFile() };
    if (!isFile) throw new RecordingError(`${path} of the recording is not a file.`);
    if (size > limit) throw new RecordingError(`${path} of the recording is larger than ${limit} bytes.`);
    const bytes = new Uint8Array(size);
    let read = 0;
    while (read < size) {
      const more = readSync(handle, bytes, read, size - read, read);
      if (more === 0) throw new RecordingError(`${path} of the recording became shorter while it was read.`);
      read += more;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/** Reads the content-addressed files of a recording, each once, within the bounds. */
export function openVault(directory: string): (file: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  let total = 0;
  return (file) => {
    const there = known.get(file);
    if (there !== undefined) return there;
    if (known.size >= FILES) throw new RecordingError(`The recording ${directory} has more than ${FILES} files.`);
    const bytes = readWhole(join(directory, 'outputs', file), FILE_BYTES);
    total += bytes.length;
    if (total > TOTAL_BYTES)
      throw new RecordingError(`The recording ${directory} is larger than ${TOTAL_BYTES} bytes.`);
    if (sha256(bytes) !== file.slice(0, 64)) {
      throw new RecordingError(`outputs/${file} of the recording ${directory} holds other bytes than its name says.`);
    }
    known.set(file, bytes);
    return bytes;
  };
}

export type FileKind = 'output' | 'pcap' | 'json';

/** Writes content-addressed files; `tidy` removes those that nobody named any more. */
export function newVault(directory: string): {
  readonly put: (bytes: Uint8Array, kind: FileKind) => string;
  readonly tidy: () => void;
} {
  const outputs = join(directory, 'outputs');
  mkdirSync(outputs, { recursive: true });
  const put = new Set<string>();
  return {
    put: (bytes, kind) => {
      const file = `${sha256(bytes)}.${kind === 'output' ? (isText(bytes) ? 'txt' : 'bin') : kind}`;
      if (bytes.length > FILE_BYTES) {
        throw new RecordingError(`An output of ${bytes.length} bytes is too large to be recorded (${FILE_BYTES}).`);
      }
      if (!put.has(file)) writeFileSync(join(outputs, file), bytes);
      put.add(file);
      return file;
    },
    tidy: () => {
      for (const file of readdirSync(outputs)) {
        if (!put.has(file) && /^[0-9a-f]{64}\.(txt|bin|pcap|json)$/.test(file)) rmSync(join(outputs, file));
      }
    },
  };
}

/** True for UTF-8 without control characters other than tab and newline: what a person can review. */
function isText(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !/[^\P{Cc}\n\t]/u.test(text);
  } catch {
    return false;
  }
}
