import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Painter } from '../../port.ts';

/** The only fonts that there are: the ones that pictures are laid out with, so that a picture is the same on every machine. */
const FAMILY = 'DejaVu Sans Condensed';
const FONTS = ['DejaVuSansCondensed', 'DejaVuSansCondensed-Bold'];

/**
 * Draws with resvg and no font of the machine: a text whose font is not there would be left out in silence, so the files are
 * looked for first, below `fonts`, a folder of a package. The library is loaded with the first picture, for it takes memory
 * that many a process never needs.
 */
export function painter(fonts = 'dejavu-fonts-ttf/ttf'): Painter {
  return {
    async png(svg) {
      const fontFiles = await installed(fonts);
      const { renderAsync } = await import('@resvg/resvg-js');
      const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: FAMILY };
      try {
        return (await renderAsync(svg, { font, logLevel: 'off' })).asPng();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`the drawing was refused (${reason}).`, { cause: error });
      }
    },
  };
}

async function installed(fonts: string): Promise<string[]> {
  try {
    const files = FONTS.map((font) => fileURLToPath(import.meta.resolve(`${fonts}/${font}.ttf`)));
    await Promise.all(files.map((file) => access(file)));
    return files;
  } catch (error) {
    throw new Error(`the font ${FAMILY} is not installed.`, { cause: error });
  }
}
