import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../model/index.ts';
import { FILE_BYTES, FILES, TOTAL_BYTES } from './limit.ts';
import { PACK, readPack } from './pack.ts';
import { readWhole } from './read-whole.ts';
import { RecordingError } from './recording.ts';

/** Reads the content-addressed files of a recording, packed or not, each once, within the bounds. */
export function openVault(directory: string): (file: string) => Uint8Array {
  const known = new Map<string, Uint8Array>();
  const pack = existsSync(join(directory, PACK)) ? readPack(directory) : null;
  let total = 0;
  return (file) => {
    const there = known.get(file);
    if (there !== undefined) return there;
    if (known.size >= FILES) throw new RecordingError(`The recording ${directory} has more than ${FILES} files.`);
    const bytes = pack === null ? readWhole(join(directory, 'outputs', file), FILE_BYTES) : pack(file);
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
  rmSync(join(directory, PACK), { force: true });
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
