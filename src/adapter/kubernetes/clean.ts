import { isIP } from 'node:net';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/**
 * Words of the cluster as one line: control, bidirectional, zero-width and private characters become U+FFFD, white
 * space collapses, and what goes beyond `most` characters is cut with an ellipsis. Anything but a string is empty.
 */
export function clean(value: unknown, most = 300): string {
  if (typeof value !== 'string') return '';
  // A longer text is cut before it is searched, so that its length costs nothing.
  const line = value
    .slice(0, most * 8)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(UNSEEN, '\uFFFD')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
}

const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A Kubernetes object's name (RFC 1123 subdomain), or `null` when the value has another shape. */
export function objectName(value: unknown): string | null {
  return typeof value === 'string' && NAME.test(value) ? value : null;
}

/** An IP address as the API wrote it, or `null`; zones (`fe80::1%eth0`) are refused. */
export function ipAddress(value: unknown): string | null {
  return typeof value === 'string' && isIP(value) !== 0 && !value.includes('%') ? value : null;
}

/** A machine id, boot id or uid: hexadecimal digits and dashes, or `null`. */
export function hexId(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9A-Fa-f-]{8,64}$/.test(value) ? value : null;
}

/** String members of an object, cleaned; members whose value is longer than `most` are left out, not cut. */
export function plainStrings(value: unknown, most: number): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= most)
      .map(([key, text]) => [clean(key), clean(text, most)]),
  );
}
