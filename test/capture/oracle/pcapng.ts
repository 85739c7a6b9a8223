import { bytes } from '../build.ts';

/**
 * A pcapng file, in which every packet can have its own link type and snap length, so that one process of an oracle reads
 * them all: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html
 */
export function pcapng(
  packets: readonly { readonly linkType: number; readonly bytes: Uint8Array; readonly snap?: number }[],
): Uint8Array {
  const linkTypes = [...new Set(packets.map(({ linkType }) => linkType))];
  return joined([
    block(0x0a0d_0d0a, le32(0x1a2b_3c4d), le16(1), le16(0), le32(0xffff_ffff), le32(0xffff_ffff)),
    ...linkTypes.map((linkType) => block(1, le16(linkType), le16(0), le32(0))),
    ...packets.map(({ linkType, bytes: packet, snap = packet.length }, index) => {
      const kept = packet.subarray(0, snap);
      const head = [linkTypes.indexOf(linkType), 0, index, kept.length, packet.length].map(le32);
      return block(6, ...head, kept, new Uint8Array((4 - (kept.length % 4)) % 4));
    }),
  ]);
}

function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(parts);
  const length = le32(body.length + 12);
  return joined([le32(type), length, body, length]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function le16(value: number): Uint8Array {
  return bytes(value & 0xff, value >>> 8);
}

function le32(value: number): Uint8Array {
  return bytes(le16(value & 0xffff), le16(value >>> 16));
}
