import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as registry from '../../src/probe/index.ts';
import { probes } from '../../src/probe/index.ts';

const DIRECTORY = join(import.meta.dirname, '../../src/probe');
const files = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts' && file !== 'probe.ts')
  .map((file) => file.slice(0, -'.ts'.length));

const camel = (id: string) => id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

describe('the registry of probes', () => {
  test('equals its directory', () => {
    expect(probes.map(({ id }) => id)).toEqual(files.toSorted());
  });

  test('exports every probe under its own name', () => {
    const exported = new Map<string, unknown>(Object.entries(registry));
    expect(files.filter((file) => exported.get(camel(file)) !== registry.probeById(file))).toEqual([]);
  });

  test('knows no probe of another name', () => {
    expect(registry.probeById('constructor')).toBeNull();
  });

  test('has at least 28 cheap probes, which all ask without parameters', () => {
    const cheap = probes.filter((probe) => probe.cheap);
    expect(cheap.length).toBeGreaterThanOrEqual(28);
    expect(cheap.map((probe) => probe.argv({}).length).every((words) => words > 0)).toBe(true);
  });

  test('asks every cheap question once', () => {
    const asked = probes.filter((probe) => probe.cheap).map((probe) => probe.argv({}).join('\0'));
    expect(new Set(asked).size).toBe(asked.length);
  });

  test.each(files)('%s begins with the behaviour that it relies on, and a link', (file) => {
    const [, comment = ''] = /^((?:\/\/.*\n)+)/.exec(readFileSync(join(DIRECTORY, `${file}.ts`), 'utf8')) ?? [];
    expect(comment).toMatch(/https:\/\/\S+/);
  });
});
