// Kernel counters of `/proc/net/snmp`, `/proc/net/netstat` and `/proc/net/snmp6` under one name each; `-a -s` neither reads nor
// writes nstat's history file: https://man7.org/linux/man-pages/man8/nstat.8.html
import { probe } from './probe.ts';
import { emptyRecord, linesOf, refuse } from './text/lines.ts';

export interface Counters {
  /** Absolute values since boot, by nstat's name (`TcpExtIPReversePathFilter`). Above 2^53 the last digits are lost. */
  readonly counters: Readonly<Record<string, number>>;
  /** The exact line of each. */
  readonly lines: Readonly<Record<string, string>>;
}

const LINE = /^([A-Za-z][A-Za-z\d_]*) +(-?\d{1,20}) +-?\d+\.\d+$/;

/** Every counter, zeros included. */
export const nstat = probe({
  id: 'nstat',
  reads: "the kernel's packet counters",
  cheap: true,
  argv: () => ['nstat', '-asz'],
  parse: (text): Counters => {
    const counters = emptyRecord<number>();
    const lines = emptyRecord<string>();
    for (const line of linesOf(text)) {
      if (line.startsWith('#')) continue;
      const [, name = '', value = ''] = LINE.exec(line) ?? refuse('not a counter', line);
      counters[name] = Number(value);
      lines[name] = line;
    }
    if (!('IpInReceives' in counters)) return refuse('no IpInReceives among the counters', text);
    return { counters, lines };
  },
});
