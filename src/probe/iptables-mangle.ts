// Marks that steer policy routing are set and restored in table mangle, before the routing decision:
// https://man7.org/linux/man-pages/man8/iptables-extensions.8.html (CONNMARK). Not cheap: few CNIs mark.
import { probe } from './probe.ts';
import { savedTable, tableOf } from './text/iptables.ts';

/** Table mangle of IPv4. */
export const iptablesMangle = probe({
  id: 'iptables-mangle',
  reads: 'the rules that mark packets',
  cheap: false,
  argv: () => savedTable('mangle'),
  parse: (text) => tableOf('mangle', text),
});
