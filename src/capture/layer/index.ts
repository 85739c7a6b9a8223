import { arp } from './arp.ts';
import { dns } from './dns.ts';
import { ethernet } from './ethernet.ts';
import { geneve } from './geneve.ts';
import { icmp } from './icmp.ts';
import { icmp6 } from './icmp6.ts';
import { ipip } from './ipip.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';
import {
  DNS_PORT,
  etherType,
  GENEVE_PORT,
  ipProtocol,
  type Layer,
  linkType,
  tcpPort,
  udpPort,
  VXLAN_PORT,
  VXLAN_PORT_LINUX,
} from './layer.ts';
import { raw } from './raw.ts';
import { sll } from './sll.ts';
import { sll2 } from './sll2.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';
import { vlan } from './vlan.ts';
import { vxlan } from './vxlan.ts';

/**
 * Every header that netdiag reads, by what announces it. Link types: https://www.tcpdump.org/linktypes.html
 */
export const layers: ReadonlyMap<number, Layer> = new Map([
  [linkType(1), ethernet],
  [linkType(12), raw],
  [linkType(14), raw],
  [linkType(101), raw],
  [linkType(113), sll],
  [linkType(228), raw],
  [linkType(229), raw],
  [linkType(276), sll2],
  [etherType(0x0800), ipv4],
  [etherType(0x0806), arp],
  [etherType(0x8100), vlan],
  [etherType(0x86dd), ipv6],
  [etherType(0x88a8), vlan],
  [ipProtocol(1), icmp],
  [ipProtocol(4), ipip],
  [ipProtocol(6), tcp],
  [ipProtocol(17), udp],
  [ipProtocol(41), ipip],
  [ipProtocol(58), icmp6],
  [tcpPort(DNS_PORT), dns],
  [udpPort(DNS_PORT), dns],
  [udpPort(VXLAN_PORT), vxlan],
  [udpPort(GENEVE_PORT), geneve],
  [udpPort(VXLAN_PORT_LINUX), vxlan],
]);
