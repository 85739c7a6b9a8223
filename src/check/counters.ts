/** What it means for packets of ours that one of the node's own counters counted them. */
export interface Meaning {
  readonly means: 'dropped' | 'refused' | 'forwarded';
  /** Why, one clause. */
  readonly because: string;
}

/** Counters of the kernel that say what became of a packet, by nstat's name. */
export const COUNTERS: Readonly<Record<string, Meaning>> = {
  TcpExtIPReversePathFilter: dropped('the way back to their source is not the interface that they came in on'),
  IpInAddrErrors: dropped('they were for another host, and this node does not forward what comes in there'),
  Ip6InAddrErrors: dropped('they were for another host, and this node does not forward what comes in there'),
  IpExtInNoRoutes: dropped('no route leads to their target'),
  Ip6InNoRoutes: dropped('no route leads to their target'),
  IpOutNoRoutes: dropped('no route leads to where their answers have to go'),
  Ip6OutNoRoutes: dropped('no route leads to where their answers have to go'),
  IpInHdrErrors: dropped('their header was wrong or their time to live was over'),
  Ip6InHdrErrors: dropped('their header was wrong or their hop limit was over'),
  IpInDiscards: dropped('the node refused to take them in'),
  Ip6InDiscards: dropped('the node refused to take them in'),
  IpOutDiscards: dropped('the node refused to let them out'),
  Ip6OutDiscards: dropped('the node refused to let them out'),
  IpFragFails: dropped('they were too big for the next link and must not be cut'),
  Ip6FragFails: dropped('they were too big for the next link'),
  Ip6InTooBigErrors: dropped('they were too big for the next link'),
  TcpExtListenDrops: dropped('the listener could not take a new connection'),
  TcpExtListenOverflows: dropped("the listener's queue of new connections was full"),
  TcpExtTCPReqQFullDrop: dropped("the listener's queue of half-open connections was full"),
  TcpExtTCPRcvQDrop: dropped("the listener's buffer was full"),
  TcpOutRsts: { means: 'refused', because: 'nobody listens there' },
  IcmpOutDestUnreachs: { means: 'refused', because: 'the node told the sender so by ICMP' },
  IpForwDatagrams: { means: 'forwarded', because: 'they were for another host' },
  Ip6OutForwDatagrams: { means: 'forwarded', because: 'they were for another host' },
};

/** The meaning of any counter of a watch: the kernel's, a device's, a firewall rule's or connection tracking's. */
export function meaningOf(counter: string): Meaning {
  if (Object.hasOwn(COUNTERS, counter)) return COUNTERS[counter]!;
  if (counter.startsWith('otherhost of ')) return dropped('their frames came addressed to another MAC');
  if (counter.startsWith('policy ')) return dropped('no rule of that chain took them and its policy drops');
  if (counter.startsWith('rule ')) return dropped('a firewall rule says so');
  if (counter.startsWith('conntrack ')) return dropped('connection tracking had no room for them');
  return dropped('the device refused them');
}

function dropped(because: string): Meaning {
  return { means: 'dropped', because };
}
