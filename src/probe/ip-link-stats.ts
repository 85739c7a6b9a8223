// `ip -s -s link show` prints each device's counters under headings that changed between versions (`overrun` became `missed` in
// iproute2 5.10, `otherhost` came with 5.19): they are read by name. https://man7.org/linux/man-pages/man8/ip-link.8.html
import { probe } from './probe.ts';
import { namedDevices } from './text/device.ts';
import { emptyRecord, linesOf, refuse, wholeNumber, wordsOf } from './text/lines.ts';

export interface LinkStats {
  readonly device: string;
  /** `bytes`, `packets`, `errors`, `dropped`, `missed`, `mcast`, `length`, `crc`, `frame`, `fifo`, `overrun`, `otherhost`, `nohandler`. */
  readonly received: Readonly<Record<string, number>>;
  /** `bytes`, `packets`, `errors`, `dropped`, `carrier`, `collsns`, `aborted`, `fifo`, `window`, `heartbt`, `transns`. */
  readonly sent: Readonly<Record<string, number>>;
  /** The device's first line. */
  readonly line: string;
  /** The lines of numbers that hold a drop or an error, as printed. */
  readonly lines: readonly string[];
}

interface Building extends LinkStats {
  readonly received: Record<string, number>;
  readonly sent: Record<string, number>;
  readonly lines: string[];
}

const HEAD = /^\d+: ([^ ]+): <[^> ]*> /;
const HEADING = /^ {4}(RX|TX)( errors)?: ([a-z ]+)$/;

/** Counters of every device since it was made; a counter that this iproute2 does not print is absent. */
export const ipLinkStats = probe({
  id: 'ip-link-stats',
  reads: 'the error counters of the devices',
  cheap: true,
  argv: () => ['ip', '-s', '-s', 'link', 'show'],
  parse: (text): { readonly links: readonly LinkStats[] } => {
    const links: Building[] = [];
    const lines = linesOf(text);
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      const [, printed] = HEAD.exec(line) ?? [];
      const [, direction, , names] = HEADING.exec(line) ?? [];
      const link = links.at(-1);
      if (printed !== undefined) {
        links.push({ device: printed, received: emptyRecord(), sent: emptyRecord(), line, lines: [] });
      } else if (link !== undefined && names !== undefined) {
        at += 1;
        const into = direction === 'RX' ? link.received : link.sent;
        if (count(wordsOf(names), lines[at] ?? '', into)) link.lines.push(lines[at] ?? '');
      } else if (link === undefined || !/^ {4}[^ ]/.test(line) || / {4}(RX|TX)\b/.test(line))
        refuse('not part of a device', line);
    }
    const bare = links.find(({ received, sent }) => !('dropped' in received && 'dropped' in sent));
    if (bare !== undefined) refuse('a device without counters', bare.line);
    const names = namedDevices(links.map(({ device }) => device));
    return { links: links.map((link, at) => ({ ...link, device: names[at]?.device ?? link.device })) };
  },
});

/** Reads one line of numbers under its headings; true when one that counts trouble is above zero. */
function count(names: readonly string[], line: string, into: Record<string, number>): boolean {
  const numbers = wordsOf(line).map((word) => wholeNumber(word, line));
  if (numbers.length !== names.length) refuse('headings and numbers do not pair', line);
  for (const [index, name] of names.entries()) into[name] = numbers[index] ?? 0;
  return names.some((name, index) => !['bytes', 'packets', 'mcast'].includes(name) && (numbers[index] ?? 0) > 0);
}
