import { Kysely, sql } from 'kysely';
import { appendAudit } from '../../../src/adapter/journal/audit.ts';
import { migrate } from '../../../src/adapter/journal/migration.ts';
import type { Schema } from '../../../src/adapter/journal/schema.ts';
import { openSqlite } from '../../../src/adapter/journal/sqlite.ts';
import type { AuditRow } from '../../../src/model/index.ts';

/** A database in memory with these rows in its audit. */
export async function audited(rows: readonly AuditRow[]): Promise<Kysely<Schema>> {
  const dialect = openSqlite(':memory:');
  const db = new Kysely<Schema>({ dialect: dialect.kysely });
  await migrate(db, dialect);
  await db.transaction().execute((tx) => appendAudit(tx, rows));
  return db;
}

/** What `look` sees after `deed`; afterwards everything is as it was before. */
export async function undone<T>(
  db: Kysely<Schema>,
  deed: (db: Kysely<Schema>) => Promise<unknown>,
  look: (db: Kysely<Schema>) => Promise<T>,
): Promise<T> {
  await sql`begin`.execute(db);
  try {
    await deed(db);
    return await look(db);
  } finally {
    await sql`rollback`.execute(db);
  }
}

export const ROWS: readonly AuditRow[] = [
  { at: 1_000, incident: 'i1', by: 'U1', what: 'opened', detail: 'ip-10-0-10-207' },
  { at: 1_001, incident: 'i1', by: 'U2', what: 'approved', detail: `plan 7f3a hash ${'a'.repeat(64)}` },
  { at: 1_002, incident: 'i1', by: 'netdiag', what: 'change', detail: '' },
  { at: 1_002, incident: 'i1', by: 'netdiag', what: 'applied', detail: 'ü \u{1f600} \uFFFD=1\n\u0000' },
  { at: 1_003, incident: 'i2', by: 'U1', what: 'opened', detail: 'it\'s \\ "quoted", \u202e' },
  { at: 1_009, incident: 'i1', by: 'netdiag', what: 'verified', detail: 'lone \ud800' },
  { at: 2_000, incident: 'i1', by: 'U1', what: 'closed', detail: 'repaired' },
];
