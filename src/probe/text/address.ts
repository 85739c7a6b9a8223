import { isIPv4, isIPv6 } from 'node:net';
import { refuse } from './lines.ts';

/** `10.0.0.1` and `fd00::1`; the address itself, or Unparsable. */
export function address(word: string, line: string): string {
  if (!isIPv4(word) && !isIPv6(word)) refuse('not an IP address', line);
  return word;
}

/** `10.0.0.0/8`, a bare address, or `default` for `0.0.0.0/0`; the prefix as printed, or Unparsable. */
export function ipv4Prefix(word: string, line: string): string {
  if (word === 'default') return '0.0.0.0/0';
  const [base = '', bits, ...more] = word.split('/');
  if (!isIPv4(base) || more.length > 0) refuse('not an IPv4 prefix', line);
  if (bits !== undefined && !(/^\d{1,2}$/.test(bits) && Number(bits) <= 32)) refuse('not an IPv4 prefix', line);
  return word;
}

/** Six pairs of hexadecimal digits. */
export function isMac(word: string): boolean {
  return /^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(word);
}
