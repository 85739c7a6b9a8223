// Packets that the node forwards pass the FORWARD chain of table filter, whose policy decides about what no rule took:
// https://man7.org/linux/man-pages/man8/iptables-save.8.html. Without `-c`: rules then
// print the same text for as long as they are the same. Asking a legacy iptables for a table that is not there creates it
// (https://git.netfilter.org/iptables/tree/libiptc/libiptc.c), hooks and all, so it is asked only where the kernel has the table.
import { probe } from './probe.ts';
import { tableOf } from './text/iptables.ts';

export type { IptablesRule, IptablesTable } from './text/iptables.ts';

const READ_ONLY = `command -v iptables-save >/dev/null || exit 127
iptables -V | grep -q nf_tables || grep -qsx filter /proc/net/ip_tables_names || exit 0
exec iptables-save -t filter`;

/** Table filter of IPv4. */
export const iptablesFilter = probe({
  id: 'iptables-filter',
  reads: 'the packet filter',
  cheap: true,
  argv: () => ['sh', '-c', READ_ONLY.replaceAll('\n', '; ')],
  parse: (text) => tableOf('filter', text),
});
