import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { painter } from '../../../src/adapter/picture/index.ts';

const golden = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../fixture/picture/${name}.svg`), 'utf8');
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const text = (words: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="4" y="30" font-family="DejaVu Sans Condensed" font-size="20">${words}</text></svg>`;

describe('painter', () => {
  test.each(['answered-elsewhere', 'pod-answers'])(
    '%s: as wide as two phones of 360, and the same every time',
    async (name) => {
      const [once, twice] = await Promise.all([painter().png(golden(name)), painter().png(golden(name))]);
      const png = Buffer.from(once);
      expect(png.toString('latin1', 1, 4)).toBe('PNG');
      expect(png.readUInt32BE(16)).toBe(720);
      expect(png.length).toBeLessThan(150_000);
      expect(digest(once)).toBe(digest(twice));
    },
  );

  test('draws its words, whatever fonts the machine has', async () => {
    const [words, others, none] = await Promise.all(['SYN', 'ACK', ''].map((said) => painter().png(text(said))));
    expect(new Set([words, others, none].map((png) => digest(png ?? new Uint8Array()))).size).toBe(3);
    expect(digest(words ?? new Uint8Array())).toBe('7fb53e60ccbc1476b3cf00d68363c473ecc994e0ea79704a2a0b4d0ae2427866');
  });

  test('says in one sentence why there is no picture', async () => {
    await expect(painter().png('<svg')).rejects.toThrow(/^the drawing was refused \(.+\)\.$/);
    await expect(painter('dejavu-fonts-ttf/nowhere').png(golden('pod-answers'))).rejects.toThrow(
      'the font DejaVu Sans Condensed is not installed.',
    );
    await expect(painter('no-such-package').png(golden('pod-answers'))).rejects.toThrow('is not installed.');
  });
});
