import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { layers } from '../../src/capture/layer/index.ts';

/** Not headers themselves: the registry, the type, and what several of the headers share. */
const NO_HEADERS = new Set(['index.ts', 'inner.ts', 'layer.ts', 'quoted.ts']);

test('the registry of headers equals its directory', () => {
  const files = readdirSync(new URL('../../src/capture/layer', import.meta.url)).filter(
    (file) => !NO_HEADERS.has(file),
  );
  const registered = new Set([...layers.values()].map((layer) => `${layer.name}.ts`));
  expect([...registered].toSorted()).toEqual(files.toSorted());
});
