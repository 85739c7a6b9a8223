// Packets that the node forwards pass the FORWARD chain of table filter, whose policy decides about what no rule took:
// https://man7.org/linux/man-pages/man8/iptables-save.8.html. Without `-c`: rules then
// print the same text for as long as they are the same.
import { probe } from './probe.ts';
import { savedTable, tableOf } from './text/iptables.ts';

export type { IptablesRule, IptablesTable } from './text/iptables.ts';

/** Table filter of IPv4. */
export const iptablesFilter = probe({
  id: 'iptables-filter',
  reads: 'the packet filter',
  cheap: true,
  argv: () => savedTable('filter'),
  parse: (text) => tableOf('filter', text),
});
