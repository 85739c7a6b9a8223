/** Bounds of a recording, which is as little to be trusted as any upload. */
export const MANIFEST_BYTES = 8 * 1024 * 1024;
/** Above the 1 MiB that one command's output may have. */
export const FILE_BYTES = 4 * 1024 * 1024;
export const TOTAL_BYTES = 64 * 1024 * 1024;
export const FILES = 5_000;
