import type { Kysely, Transaction } from 'kysely';
import { JournalError } from '../../port.ts';
import type { Dialect } from './dialect.ts';
import type { Schema } from './schema.ts';

type Migration = (tx: Transaction<Schema>, dialect: Dialect) => Promise<void>;

/** Entry N leads from schema version N to N + 1. Entries are never changed once released, only added. */
const migrations: readonly Migration[] = [first];

/** The schema version that this code reads and writes. */
export const SCHEMA_VERSION = migrations.length;

/**
 * Brings the database to this code's schema, in one transaction.
 * Throws JournalError when a newer netdiag wrote it, or when it is not a journal at all.
 */
export async function migrate(db: Kysely<Schema>, dialect: Dialect): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const version = await presentVersion(tx, dialect);
    if (version > SCHEMA_VERSION || version < 0) {
      throw new JournalError(
        `The journal ${dialect.place} has schema version ${version}; this netdiag knows ${SCHEMA_VERSION}. ` +
          'Run the netdiag that wrote it, or name another journal.',
      );
    }
    for (const migration of migrations.slice(version)) await migration(tx, dialect);
    if (version < SCHEMA_VERSION) await tx.updateTable('schema_version').set({ version: SCHEMA_VERSION }).execute();
  });
}

/** 0 for an empty database. */
async function presentVersion(tx: Transaction<Schema>, dialect: Dialect): Promise<number> {
  const tables = await dialect.tables(tx);
  if (tables.length === 0) return 0;
  const rows = tables.includes('schema_version')
    ? await tx.selectFrom('schema_version').select('version').execute()
    : [];
  const version = rows[0]?.version;
  if (version === undefined || rows.length !== 1) {
    throw new JournalError(
      `${dialect.place} is a database, but not a netdiag journal. Nothing was written to it; name another journal.`,
    );
  }
  return version;
}

async function first(tx: Transaction<Schema>, dialect: Dialect): Promise<void> {
  const { schema } = tx;
  await schema
    .createTable('schema_version')
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute();
  await tx.insertInto('schema_version').values({ version: 0 }).execute();
  await schema
    .createTable('incident')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('life', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('opened', 'bigint', (c) => c.notNull())
    .addColumn('closed', 'bigint')
    .execute();
  await schema.createIndex('incident_life').on('incident').columns(['life', 'opened']).execute();
  await schema
    .createTable('event')
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('event_key', ['incident', 'seq'])
    .execute();
  await schema
    .createTable('effect')
    .addColumn('incident', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('deed', 'text', (c) => c.notNull())
    .addColumn('due', 'bigint', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('nth', 'integer', (c) => c.notNull())
    .addColumn('worker', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('fence', 'integer', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('ended', 'bigint')
    .addPrimaryKeyConstraint('effect_key', ['incident', 'key'])
    .execute();
  await schema.createIndex('effect_waiting').on('effect').columns(['ended', 'due']).execute();
  await schema
    .createTable('inbox')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('payload', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('used', 'bigint')
    .addColumn('handled', 'bigint')
    .execute();
  await schema.createIndex('inbox_unhandled').on('inbox').columns(['handled', 'at']).execute();
  await schema
    .createTable('audit')
    .addColumn('seq', 'integer', (c) => c.primaryKey().notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('incident', 'text', (c) => c.notNull())
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('what', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('prev', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('audit_incident').on('audit').columns(['incident', 'seq']).execute();
  await schema
    .createTable('audit_head')
    .addColumn('one', 'integer', (c) => c.primaryKey().notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('blob')
    .addColumn('digest', 'text', (c) => c.primaryKey().notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('bytes', dialect.bytesType, (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
