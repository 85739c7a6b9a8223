import type { Packet } from '../packet.ts';

/**
 * Forgets what the packet says of the outer headers, because from here on it is the inner packet, and nobody may mix the
 * two. What stays is the frame it came in: VLAN and device. Addresses of a frame inside are read again by its own layer.
 */
export function enter(packet: Packet, encapsulation: number, vni: number): void {
  packet.encapsulation = encapsulation;
  packet.vni = vni;
  packet.macTargetAt = -1;
  packet.macSourceAt = -1;
  packet.network = 0;
  packet.sourceAt = -1;
  packet.targetAt = -1;
  packet.ipLength = 0;
  packet.ipId = 0;
  packet.ttl = 0;
  packet.protocol = -1;
  packet.fragment = false;
  packet.transport = false;
  packet.sourcePort = 0;
  packet.targetPort = 0;
}
