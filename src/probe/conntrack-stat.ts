// Connection tracking counts per CPU what it could not insert (`insert_failed`) and what it dropped because its table was full
// (`drop`, `early_drop`): https://man7.org/linux/man-pages/man8/conntrack.8.html. Not cheap: it asks over netlink, and a kernel that
// tracks no connections loads its tracking, with all its settings, to be able to answer.
import { probe } from './probe.ts';
import { emptyRecord, linesOf, refuse, wholeNumber, wordsOf } from './text/lines.ts';

export interface ConntrackStat {
  /** Sums over all CPUs by the tool's names: `insert_failed`, `drop`, `early_drop`, `clash_resolve`, `invalid` … */
  readonly counters: Readonly<Record<string, number>>;
  /** One exact line per CPU. */
  readonly lines: readonly string[];
}

/** Counters of connection tracking since boot. */
export const conntrackStat = probe({
  id: 'conntrack-stat',
  reads: 'the counters of connection tracking',
  cheap: false,
  argv: () => ['conntrack', '-S'],
  parse: (text): ConntrackStat => {
    const counters = emptyRecord<number>();
    const lines = linesOf(text);
    for (const line of lines) {
      const [cpu = '', ...pairs] = wordsOf(line);
      if (!/^cpu=\d+$/.test(cpu) || pairs.length === 0) refuse('not a line of conntrack -S', line);
      for (const pair of pairs) {
        const [, name = '', value] = /^([a-z_]+)=(\d+)$/.exec(pair) ?? refuse('not a counter', line);
        counters[name] = (counters[name] ?? 0) + wholeNumber(value, line);
      }
    }
    return lines.length === 0 ? refuse('no CPU', text) : { counters, lines };
  },
});
