import { registerHooks } from 'node:module';
import type { Bug } from './bugs.ts';

const SRC = new URL('../../../src/', import.meta.url).href;

/**
 * From now on this thread loads netdiag with that bug in it. Throws where the source has changed so that the bug cannot be planted: a
 * bug that is not there would not be found either.
 */
export function plant({ says, edits }: Bug): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const mine = edits.filter(([file]) => isIn(url, file));
      if (mine.length === 0) return loaded;
      let source = Buffer.from(loaded.source as Uint8Array | string as string).toString();
      for (const [file, from, to] of mine) {
        if (source.split(from).length !== 2)
          throw new Error(`"${says}" cannot be planted: ${file} does not say "${from}" once`);
        source = source.replace(from, () => to);
      }
      return { ...loaded, source };
    },
  });
}

/** Whether that is the file of that name in that room, in whichever folder of it. */
function isIn(url: string, file: string): boolean {
  const [room = '', name = ''] = file.split('/');
  return url.startsWith(`${SRC}${room}/`) && url.endsWith(`/${name}`);
}
