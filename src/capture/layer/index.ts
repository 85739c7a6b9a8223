import { arp } from './arp.ts';
import { ethernet } from './ethernet.ts';
import { icmp } from './icmp.ts';
import { icmp6 } from './icmp6.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';
import { etherType, ipProtocol, type Layer, linkType, udpPort } from './layer.ts';
import { raw } from './raw.ts';
import { sll } from './sll.ts';
import { sll2 } from './sll2.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';
import { vlan } from './vlan.ts';
import { vxlan } from './vxlan.ts';

/**
 * Every header that netdiag reads, by what announces it. Link types: https://www.tcpdump.org/linktypes.html. VXLAN has port 4789,
 * and 8472 where Linux's own default was kept, as flannel does: https://docs.kernel.org/networking/vxlan.html
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
  [ipProtocol(6), tcp],
  [ipProtocol(17), udp],
  [ipProtocol(58), icmp6],
  [udpPort(4789), vxlan],
  [udpPort(8472), vxlan],
]);
