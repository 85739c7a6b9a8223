// `/proc/net/snmp` holds the MIB-II counters; `Ip.Forwarding` is 1 where the node forwards and 2 where it does not (RFC 1213):
// https://docs.kernel.org/networking/snmp_counter.html
import { probe } from './probe.ts';
import { emptyRecord, linesOf, refuse, wordsOf } from './text/lines.ts';

export interface SnmpCounters {
  readonly forwarding: boolean;
  /** By group and name without a separator, as nstat names them: `IpInAddrErrors`, `TcpRetransSegs`. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Every counter of the file. Some (`TcpMaxConn`) may be negative. */
export const procNetSnmp = probe({
  id: 'proc-net-snmp',
  reads: "the kernel's protocol counters",
  cheap: true,
  argv: () => ['cat', '/proc/net/snmp'],
  parse: (text): SnmpCounters => {
    const counters = emptyRecord<number>();
    const lines = linesOf(text);
    for (let at = 0; at < lines.length; at += 2) {
      const [group = '', ...names] = wordsOf(lines[at] ?? '');
      const values = wordsOf(lines[at + 1] ?? '');
      if (!/^[A-Za-z\d]+:$/.test(group) || values[0] !== group || values.length !== names.length + 1) {
        return refuse('names and values do not pair', lines[at] ?? '');
      }
      for (const [index, name] of names.entries()) {
        const value = values[index + 1] ?? '';
        if (!/^-?\d{1,20}$/.test(value)) refuse('not a number', lines[at + 1] ?? '');
        counters[`${group.slice(0, -1)}${name}`] = Number(value);
      }
    }
    const forwarding = counters['IpForwarding'];
    if (forwarding !== 1 && forwarding !== 2) return refuse('no Ip.Forwarding', lines[1] ?? '');
    return { forwarding: forwarding === 1, counters };
  },
});
