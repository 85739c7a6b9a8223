import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal. The only import of the model, and a pure one: the same bytes give the same digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
