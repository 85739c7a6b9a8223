import type { Sighting } from '../model/index.ts';
import { macAt, sourceOf, targetOf } from './address.ts';
import { kindOf } from './kind.ts';
import type { Packet } from './packet.ts';

/** What the picture and the ladder need of a packet, kept beyond the next one. */
export function sightingOf(packet: Packet, point: number, at: number): Sighting {
  const ports = packet.transport && packet.icmpType < 0;
  const macSource = macAt(packet.bytes, packet.macSourceAt);
  const macTarget = macAt(packet.bytes, packet.macTargetAt);
  return {
    point,
    at,
    kind: kindOf(packet),
    source: sourceOf(packet),
    target: targetOf(packet),
    ...(ports ? { sourcePort: packet.sourcePort, targetPort: packet.targetPort } : {}),
    ...(packet.echoId < 0 ? {} : { echo: { id: packet.echoId, seq: packet.echoSequence } }),
    length: packet.ipLength,
    ...(macSource === null ? {} : { macSource }),
    ...(macTarget === null ? {} : { macTarget }),
  };
}
