import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const room = join(import.meta.dirname, '../../../src/adapter/journal');
const files = readdirSync(room).filter((name) => name.endsWith('.ts'));

/** What Kysely writes into a statement as it stands, and ways round it. */
const UNBOUND = /\bsql\s*\.\s*(?:raw|lit|literal|join)\b|\.prepare\(\s*`|\.exec\(\s*`[^`]*\$\{|CompiledQuery\.raw/;

test.each(files)('T31: %s puts values into statements as bound parameters only', (name) => {
  expect(UNBOUND.exec(readFileSync(join(room, name), 'utf8'))?.[0]).toBeUndefined();
});

test('T31: a statement with text in it would be seen', () => {
  const unbound = [
    'sql.raw(text)',
    'sql.lit(1)',
    'database.exec(`delete from ${table}`)',
    'statement.prepare(`select 1`)',
  ];
  expect(unbound.filter((text) => !UNBOUND.test(text))).toEqual([]);
  expect(UNBOUND.test("sql<string>`cast(${sql.ref('a.b')} as text)`")).toBe(false);
});
