import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** A picture of 8-bit RGB or RGBA pixels without interlacing, as a browser takes it: https://www.w3.org/TR/png-3/ */
interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, one byte each, row by row. */
  readonly pixels: Uint8Array;
}

const MAGIC = Buffer.from('89504e470d0a1a0a', 'hex');
const COLOURS = 256;

/** The same picture with at most 256 colours, a third of the size. Throws when it is no picture of a browser. */
export function small(png: Uint8Array): Uint8Array {
  const picture = decode(Buffer.from(png));
  const palette = frequent(picture.pixels);
  const rows = Buffer.alloc((picture.width + 1) * picture.height);
  const nearest = new Map<number, number>();
  for (let i = 0; i < picture.width * picture.height; i += 1) {
    const colour = colourAt(picture.pixels, i);
    const index = nearest.get(colour) ?? nearestOf(palette, colour);
    nearest.set(colour, index);
    rows[Math.floor(i / picture.width) * (picture.width + 1) + 1 + (i % picture.width)] = index;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(picture.width, 0);
  head.writeUInt32BE(picture.height, 4);
  head.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const parts = [chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([MAGIC, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

function decode(png: Buffer): Picture {
  if (!png.subarray(0, 8).equals(MAGIC)) throw new TypeError('this is no PNG');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const bytes = { 2: 3, 6: 4 }[png[25] ?? 0];
  if (png[24] !== 8 || bytes === undefined || png[28] !== 0) throw new TypeError('only 8-bit RGB and RGBA are known');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = unfiltered(inflateSync(Buffer.concat(data)), width * bytes, height, bytes);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i += 1) pixels.set(raw.subarray(i * bytes, i * bytes + 3), i * 3);
  return { width, height, pixels };
}

/** Takes back what each row's filter has done: https://www.w3.org/TR/png-3/#9Filters */
function unfiltered(raw: Buffer, stride: number, height: number, bytes: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < bytes ? 0 : (out[at - bytes] ?? 0);
      const up = y === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = x < bytes || y === 0 ? 0 : (out[at - stride - bytes] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function colourAt(pixels: Uint8Array, i: number): number {
  return ((pixels[i * 3] ?? 0) << 16) | ((pixels[i * 3 + 1] ?? 0) << 8) | (pixels[i * 3 + 2] ?? 0);
}

/** The most frequent colours, of those that look alike only one. */
function frequent(pixels: Uint8Array): number[] {
  const counts = new Map<number, number>();
  for (let i = 0; i * 3 < pixels.length; i += 1) {
    const colour = colourAt(pixels, i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const alike = new Map<number, number>();
  for (const [colour] of [...counts].toSorted(([, a], [, b]) => b - a)) {
    const coarse = colour & 0xf0f0f0;
    if (!alike.has(coarse)) alike.set(coarse, colour);
  }
  const exact = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  return [...new Set([...exact.slice(0, COLOURS / 2), ...alike.values()])].slice(0, COLOURS);
}

function nearestOf(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, other] of palette.entries()) {
    const away = [16, 8, 0].reduce((sum, at) => sum + (((other >> at) & 255) - ((colour >> at) & 255)) ** 2, 0);
    if (away < least) [best, least] = [index, away];
  }
  return best;
}

function chunk(type: string, bytes: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), bytes]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(bytes.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
