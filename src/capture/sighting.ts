import type { Encapsulation, PacketKind, Sighting } from '../model/index.ts';
import { macAt, sourceOf, targetOf } from './address.ts';
import { u16 } from './bytes.ts';
import { errorOf } from './icmp-error.ts';
import { kindOf } from './kind.ts';
import { GENEVE, IP6TNL, IPIP, type Packet, SIT, VXLAN } from './packet.ts';

const CARRIED: ReadonlyMap<number, Encapsulation> = new Map([
  [VXLAN, 'vxlan'],
  [GENEVE, 'geneve'],
  [IPIP, 'ipip'],
  [SIT, 'sit'],
  [IP6TNL, 'ip6tnl'],
]);

/** What the picture and the ladder need of a packet, kept beyond the next one. */
export function sightingOf(packet: Packet, point: number, at: number): Sighting {
  const ports = packet.transport && packet.icmpType < 0;
  const macSource = macAt(packet.bytes, packet.macSourceAt);
  const macTarget = macAt(packet.bytes, packet.macTargetAt);
  const kind = kindOf(packet);
  const dns = dnsTold(packet, kind);
  const by = CARRIED.get(packet.encapsulation);
  return {
    point,
    at,
    kind,
    source: sourceOf(packet),
    target: targetOf(packet),
    ...(ports ? { sourcePort: packet.sourcePort, targetPort: packet.targetPort } : {}),
    ...(packet.echoId < 0 ? {} : { echo: { id: packet.echoId, seq: packet.echoSequence } }),
    ...(kind === 'icmp-error' ? { error: errorOf(packet) } : {}),
    ...(by === undefined ? {} : { carried: { by, ...(packet.vni < 0 ? {} : { vni: packet.vni }) } }),
    ...(dns === null ? {} : { dns }),
    length: packet.ipLength,
    ...(macSource === null ? {} : { macSource }),
    ...(macTarget === null ? {} : { macTarget }),
  };
}

/** Names are payload, and so left out. */
function dnsTold({ bytes, dnsAt }: Packet, kind: PacketKind): NonNullable<Sighting['dns']> | null {
  if (!kind.startsWith('dns-')) return null;
  const id = u16(bytes, dnsAt);
  return kind === 'dns-query' ? { id } : { id, rcode: bytes[dnsAt + 3]! & 0x0f };
}
