// `ip -o addr show` prints one line per address of the network namespace (iproute2 4.11 to 6.x):
// https://man7.org/linux/man-pages/man8/ip-address.8.html
import { isIPv4, isIPv6 } from 'node:net';
import { probe } from './probe.ts';
import { linesOf, refuse, wholeNumber } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface HeldAddress {
  readonly device: string;
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefix: number;
  /** `global`, `link`, `host`, `site` or a number. */
  readonly scope: string;
  /** A further address of a prefix that the device already holds. */
  readonly secondary: boolean;
  readonly line: string;
}

const LINE = /^\d+: ([^ ]+) +(inet6?) (.*)$/;
/** iproute2 before 4 prints the device too; no device name holds a colon. */
const DEVICE = /^\d+: [^ :]+: </;

/** Addresses of every device, in the kernel's order; `{addresses: []}` for a namespace without any. */
export const ipAddr = probe({
  id: 'ip-addr',
  reads: "the node's addresses",
  cheap: true,
  argv: () => ['ip', '-o', 'addr', 'show'],
  parse: (text) => ({ addresses: linesOf(text).flatMap(heldAddress) }),
});

function heldAddress(line: string): HeldAddress[] {
  if (DEVICE.test(line)) return [];
  const [, device = '', kind = '', rest = ''] = LINE.exec(line) ?? refuse('not an address line', line);
  const words = new Words(line, rest.replace(/\\ +valid_lft .*$/, ''));
  const family = kind === 'inet' ? 4 : 6;
  const [address = '', bits, ...more] = words.take(kind).split('/');
  if (!(family === 4 ? isIPv4(address) : isIPv6(address)) || more.length > 0) refuse('not an address', line);
  const whole = family === 4 ? 32 : 128;
  // A point-to-point address: the prefix belongs to the far side.
  const far = words.ahead === 'peer' ? (words.take('the address'), words.take('peer').split('/')[1]) : bits;
  const prefix = far === undefined ? whole : wholeNumber(far, line);
  if (prefix > whole) refuse('not a prefix length', line);
  let scope: string | null = null;
  while (!words.done && scope === null) {
    const word = words.take('the address');
    if (word === 'brd' || word === 'any' || word === 'metric') words.take(word);
    else if (word === 'scope') scope = words.take('scope');
    else words.refuse(`unknown word ${JSON.stringify(word)}`);
  }
  if (scope === null) return refuse('no scope', line);
  const secondary = words.rest().includes('secondary');
  return [{ device, family, address, prefix, scope, secondary, line }];
}
