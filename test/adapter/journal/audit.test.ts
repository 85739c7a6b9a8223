import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal, type SqlJournal, verifyAudit } from '../../../src/adapter/journal/index.ts';
import type { AuditRow } from '../../../src/model/index.ts';
import { step } from '../../contract/journal.ts';
import { place } from './place.ts';

const row = (what: string, detail = ''): AuditRow => ({ at: 7, incident: 'i1', by: 'U1', what, detail });

describe('the audit chain', () => {
  let path: string;
  let url: string;
  let remove: () => Promise<void>;
  let journal: SqlJournal;
  beforeEach(async () => {
    ({ path, remove } = await place());
    path = join(path, 'journal.db');
    url = `sqlite:${path}`;
    journal = await openJournal(url);
    await journal.advance(step('i1', 0, { audit: [row('opened'), row('approved', 'plan 7f3a by U2')] }));
    await journal.advance(step('i1', 1, { audit: [row('change'), row('lone \ud800 surrogate', '\u0000')] }));
    await journal.advance(step('i2', 0, { audit: [row('opened')] }));
  });
  afterEach(async () => {
    await journal.close();
    await remove();
  });

  const tamper = (statement: string): void => {
    const db = new DatabaseSync(path);
    try {
      db.exec(statement);
    } finally {
      db.close();
    }
  };

  test('holds as it was written, also when nothing was', async () => {
    expect(await journal.verifyAudit()).toMatchObject({ intact: true, rows: 5 });
    expect(await verifyAudit(url)).toEqual(await journal.verifyAudit());
    const empty = await openJournal('sqlite::memory:');
    expect(await empty.verifyAudit()).toEqual({ intact: true, rows: 0, head: '0'.repeat(64) });
    await empty.close();
  });

  test('holds over more rows than are read at once, and while others write', async () => {
    const many = Array.from({ length: 2_100 }, (_, at) => row(`row ${at}`));
    await journal.advance(step('i3', 0, { audit: many }));
    const other = await openJournal(url);
    try {
      const [verdict] = await Promise.all([
        journal.verifyAudit(),
        ...Array.from({ length: 20 }, (_, at) => other.advance(step(`j${at}`, 0, { audit: [row('x')] }))),
      ]);
      expect(verdict.intact).toBe(true);
      expect(await journal.verifyAudit()).toMatchObject({ intact: true, rows: 2_125 });
    } finally {
      await other.close();
    }
  });

  test.each([
    ['a word changed', `update audit set detail = 'plan 7f3b by U2' where seq = 2`, 2],
    ['a time changed', `update audit set at = 8 where seq = 4`, 4],
    ['moved to another incident', `update audit set incident = 'i2' where seq = 3`, 3],
    ['a row removed', `delete from audit where seq = 2`, 2],
    ['the first row removed', `delete from audit where seq = 1`, 1],
    ['the last row removed', `delete from audit where seq = 5`, 5],
    ['everything removed', `delete from audit`, 1],
    [
      'a row removed and the rest moved up',
      `delete from audit where seq = 2; update audit set seq = seq - 1 where seq > 2`,
      2,
    ],
    [
      'a row added',
      `insert into audit select 6, at, incident, by, what, detail, prev, hash from audit where seq = 5`,
      6,
    ],
    [
      'a row added in front',
      `insert into audit select 0, at, incident, by, what, detail, prev, hash from audit where seq = 1`,
      0,
    ],
    [
      'two rows exchanged',
      `update audit set seq = 99 where seq = 2; update audit set seq = 2 where seq = 3; update audit set seq = 3 where seq = 99`,
      2,
    ],
    ['a hash changed', `update audit set hash = replace(hash, substr(hash, 1, 1), 'x') where seq = 3`, 3],
    ['the head moved back', `update audit_head set seq = 4`, 5],
    ['the head removed', `delete from audit_head`, 5],
  ])('breaks: %s', async (_title, statement, seq) => {
    tamper(statement);
    const verdict = await journal.verifyAudit();
    expect(verdict).toEqual({
      intact: false,
      seq,
      sentence: expect.stringMatching(/^The audit was tampered with: rows? \d+ .+\.$/),
    });
  });

  test('kept bytes that were changed are not given out', async () => {
    const digest = await journal.keep('output', Uint8Array.of(1, 2, 3));
    tamper(`update blob set bytes = x'010204'`);
    await expect(journal.bytes(digest)).rejects.toThrow(/is not what was given to it/);
  });

  test('a state that was made unreadable is one clear sentence', async () => {
    tamper(`update incident set state = '{'; update event set event = ''; `);
    await expect(journal.load('i1')).rejects.toThrow(/state of incident i1 cannot be read/);
    await expect(journal.events('i1')).rejects.toThrow(/event of incident i1 cannot be read/);
  });
});
