// Every rule and every policy of netfilter counts the packets that it decided about; iptables-save prints the counts with `-c`:
// https://man7.org/linux/man-pages/man8/iptables-save.8.html. Not cheap: what rules drop is worth nothing but around a stimulus.
import { probe } from './probe.ts';
import { countedDrops, dropsOf } from './text/iptables.ts';

export type { CountedDrop } from './text/iptables.ts';

/** What policies and rules of table filter of IPv4 have dropped. */
export const iptablesCounters = probe({
  id: 'iptables-counters',
  reads: 'what the rules of the packet filter dropped',
  cheap: false,
  argv: () => countedDrops('filter'),
  parse: (text) => ({ drops: dropsOf('filter', text) }),
});
