import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
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
