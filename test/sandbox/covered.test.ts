import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { covered } from './covered.ts';

describe.each(Object.entries(covered))('what has to be seen of %s', (_group, list) => {
  test.each(list.map(({ what, in: places }) => [what, places] as const))('%s', (_what, places) => {
    const gone = places.filter(
      ([file, title]) => !readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').includes(title),
    );
    expect(gone).toEqual([]);
    expect(places.length).toBeGreaterThan(0);
  });
});
