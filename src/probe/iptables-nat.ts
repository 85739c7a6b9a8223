// Service addresses are DNAT rules and pods leave through masquerade rules of table nat:
// https://man7.org/linux/man-pages/man8/iptables-save.8.html. Not cheap: thousands of services make megabytes.
import { probe } from './probe.ts';
import { savedTable, tableOf } from './text/iptables.ts';

/** Table nat of IPv4. */
export const iptablesNat = probe({
  id: 'iptables-nat',
  reads: 'the NAT rules',
  cheap: false,
  argv: () => savedTable('nat'),
  parse: (text) => tableOf('nat', text),
});
