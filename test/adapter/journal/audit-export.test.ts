import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, jsonLine } from '../../../src/adapter/journal/audit-export.ts';
import { link, START } from '../../../src/adapter/journal/audit-row.ts';
import type { AuditChainRow } from '../../../src/adapter/journal/schema.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('=1+1', '+1', '-1', '@x', '\t=1', "'=1", '＝1', '\\u0041', 'a,"b"\r\n=c', '\u202e\u001b[31m'),
);
const rows = fc
  .array(fc.record({ at: fc.nat(), incident: text, by: text, what: text, detail: text }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((plain) => {
    let prev = START;
    return plain.map((row, index) => {
      const linked = link(row, index + 1, prev);
      prev = linked.hash;
      return linked;
    });
  });

describe('JSON Lines', () => {
  test('one line of ASCII controls never, whose value is the row and gives its hash', () => {
    fc.assert(
      fc.property(rows, (chain) => {
        for (const row of chain) {
          const line = jsonLine(row);
          expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          const { hash, ...rest } = JSON.parse(line) as AuditChainRow;
          expect({ ...rest, hash }).toEqual(row);
          expect(
            createHash('sha256')
              .update(JSON.stringify(rest, Object.keys(rest).toSorted()))
              .digest('hex'),
          ).toBe(hash);
        }
      }),
    );
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  test.skipIf(!python)(
    'the program in the documentation finds them whole, and each byte that was changed',
    () => {
      const [, program = ''] =
        /```python\n(# netdiag-audit[\s\S]*?)```/.exec(
          readFileSync(join(import.meta.dirname, '../../../docs/security.md'), 'utf8'),
        ) ?? [];
      expect(program).not.toBe('');
      const chain = fc.sample(rows, { numRuns: 4, seed: 5 });
      for (const one of chain) {
        const input = one.map((row) => `${jsonLine(row)}\n`).join('');
        const checked = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
        expect(checked).toMatchObject({ status: 0, stdout: `${one.length} ${one.at(-1)?.hash}\n` });
        const tampered = input.replace(/"at":(\d+)/, (_, at: string) => `"at":${Number(at) + 1}`);
        expect(spawnSync('python3', ['-c', program], { input: tampered }).status).toBe(1);
      }
    },
    30_000,
  );
});

describe('CSV', () => {
  /** What a reader does, as the documentation says. */
  const undone = (field: string): string =>
    field
      .replace(/^'/, '')
      .replaceAll(/\\(?:\\|u([0-9a-f]{4}))/g, (_, unit?: string) =>
        unit === undefined ? '\\' : String.fromCharCode(Number.parseInt(unit, 16)),
      );
  const fields = (line: string): string[] =>
    [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, field]) => field!.replaceAll('""', '"'));

  test('no field is a formula, no line is two, and every field can be read back', () => {
    fc.assert(
      fc.property(rows, (chain) => {
        for (const row of chain) {
          const line = csvLine(row);
          expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          const read = fields(line);
          expect(read.filter((field) => /^[=+\-@＝＋－＠]/.test(field))).toEqual([]);
          expect(read.map(undone)).toEqual(
            [row.seq, row.at, row.incident, row.by, row.what, row.detail, row.prev, row.hash].map(String),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
