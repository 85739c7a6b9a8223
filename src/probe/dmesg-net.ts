// The kernel logs martians (with `log_martians`), a full conntrack table and an overflowing neighbour table. In a martian line the
// address after `source` is the destination of the packet (`ip_handle_martian_source`):
// https://github.com/torvalds/linux/blob/v6.6/net/ipv4/route.c
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface MartianLine {
  readonly source: string;
  readonly destination: string;
  readonly device: string;
  readonly line: string;
}

export interface KernelLog {
  /** The last 20 of each, oldest first. */
  readonly martians: readonly MartianLine[];
  readonly conntrackFull: readonly string[];
  readonly neighbourOverflow: readonly string[];
  /** Lines that the log holds in all. */
  readonly lines: number;
}

const STAMP = /^(?:<\d+>)?\[ *\d+\.\d+\](?:\[[^\]]*\])? ?/;
const MARTIAN = /IPv4: martian source (\d[\d.]*) from (\d[\d.]*), on dev ([^ ]+)$/;
const KEPT = 20;

/** What the kernel said about the network since boot, as far as its ring buffer reaches. */
export const dmesgNet = probe({
  id: 'dmesg-net',
  reads: "the kernel's log",
  cheap: true,
  // Warnings and worse: martians and full tables are warnings, and the rest of the ring buffer is a hundred kilobytes of nothing.
  argv: () => ['dmesg', '--level=emerg,alert,crit,err,warn'],
  parse: (text): KernelLog => {
    const lines = linesOf(text);
    const first = lines[0];
    if (first !== undefined && !lines.some((line) => STAMP.test(line))) refuse('not a kernel log', first);
    return {
      martians: lines.flatMap(martian).slice(-KEPT),
      conntrackFull: lines
        .filter((line) => /nf_conntrack: (nf_conntrack: )?table full, dropping packet/.test(line))
        .slice(-KEPT),
      neighbourOverflow: lines.filter((line) => /neighbou?r table overflow/i.test(line)).slice(-KEPT),
      lines: lines.length,
    };
  },
});

function martian(line: string): MartianLine[] {
  const [, destination, source, device] = MARTIAN.exec(line) ?? [];
  if (destination === undefined || source === undefined || device === undefined) return [];
  return [{ source, destination, device, line }];
}
