import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal, type SqlJournal } from '../../../src/adapter/journal/index.ts';
import type { Effect } from '../../../src/model/index.ts';
import { JournalError } from '../../../src/port.ts';
import { show, step } from '../../contract/journal.ts';
import { ROWS } from './audit-database.ts';

let directory: string;
let journal: SqlJournal;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netdiag-audit-first-'));
  journal = await openJournal(`sqlite:${join(directory, 'journal.db')}`);
});
afterEach(async () => {
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});

const exec = (statement: string): void => {
  const db = new DatabaseSync(join(directory, 'journal.db'));
  db.exec(statement);
  db.close();
};
const change: Effect = show('1-change');

test('T39: no row of the audit, no effect: nothing of the step is written', async () => {
  for (const table of ['audit', 'audit_head']) {
    exec(`create trigger refused before insert on ${table} begin select raise(abort, 'the audit is read-only'); end`);
    await expect(journal.advance(step('i1', 0, { audit: ROWS.slice(0, 1), effects: [change] }))).rejects.toThrow(
      JournalError,
    );
    expect(await journal.lease('w', 1e12, 1_000, 10)).toEqual([]);
    expect(await journal.load('i1')).toBeNull();
    exec('drop trigger refused');
  }
});

test('an audit whose head cannot be moved on takes no further effect', async () => {
  await journal.advance(step('i1', 0, { audit: ROWS.slice(0, 1) }));
  exec(`create trigger refused before update on audit_head begin select raise(abort, 'no'); end`);
  await expect(journal.advance(step('i1', 1, { audit: ROWS.slice(1, 2), effects: [change] }))).rejects.toThrow(
    JournalError,
  );
  expect(await journal.lease('w', 1e12, 1_000, 10)).toEqual([]);
  expect(await journal.verifyAudit()).toMatchObject({ intact: true, rows: 1 });
});

test('once the audit can be written again, the same step and its effect are', async () => {
  exec(`create trigger refused before insert on audit begin select raise(abort, 'no'); end`);
  const approved = step('i1', 0, { audit: ROWS.slice(0, 2), effects: [change] });
  await expect(journal.advance(approved)).rejects.toThrow(JournalError);
  exec('drop trigger refused');
  expect(await journal.advance(approved)).toBe('written');
  expect(await journal.lease('w', 1e12, 1_000, 10)).toHaveLength(1);
  expect(await journal.verifyAudit()).toMatchObject({ intact: true, rows: 2 });
});
