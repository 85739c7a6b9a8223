import { macAt, sourceOf, targetOf } from '../../src/capture/address.ts';
import { decode } from '../../src/capture/decode.ts';
import { kindOf } from '../../src/capture/kind.ts';
import { Packet } from '../../src/capture/packet.ts';
import { eachPacket } from '../../src/capture/pcap.ts';

/** Everything that was understood of one packet; offsets relative to its first byte. */
export type Decoded = Readonly<Record<string, string | number | boolean | null>> & { readonly kind: string };

/** Every packet of a capture as plain data, in order. */
export function decoded(pcap: Uint8Array): Decoded[] {
  const packet = new Packet();
  const all: Decoded[] = [];
  eachPacket(pcap, (start, end, at, wire, linkType) => {
    decode(packet, pcap, start, end, linkType);
    all.push(plain(packet, at, wire));
  });
  return all;
}

/** One packet of this link type, Ethernet unless told. */
export function decodeOne(bytes: Uint8Array, linkType = 1): Decoded {
  const packet = new Packet();
  decode(packet, bytes, 0, bytes.length, linkType);
  return plain(packet, 0, bytes.length);
}

function plain(packet: Packet, at: number, wire: number): Decoded {
  const fields = Object.entries(packet).filter(([name]) => name !== 'bytes' && name !== 'start' && name !== 'end');
  const offsets = fields.map(([name, value]: [string, number | boolean]) =>
    typeof value === 'number' && (name.endsWith('At') || name === 'headersEnd') && value >= 0
      ? [name, value - packet.start]
      : [name, value],
  );
  return {
    ...Object.fromEntries(offsets),
    at,
    wire,
    kind: kindOf(packet),
    source: sourceOf(packet),
    target: targetOf(packet),
    macSource: macAt(packet.bytes, packet.macSourceAt),
    macTarget: macAt(packet.bytes, packet.macTargetAt),
  };
}
