import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely, SqliteDialect } from 'kysely';
import { JournalError } from '../../port.ts';
import { SCHEMA_VERSION } from './migration.ts';
import type { Schema } from './schema.ts';
import { explainSqlite } from './sqlite.ts';

/**
 * Lets `look` read the journal at `sqlite:PATH` as it is: nothing is made, migrated or written. Throws JournalError: no journal there,
 * of a newer schema, or it cannot be read. Where somebody began to write meanwhile, it is looked at again.
 */
export async function readAudit<T>(url: string, look: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  const path = /^sqlite:([^\0]+)$/.exec(url)?.[1];
  if (path === undefined || path === ':memory:') throw new JournalError('The journal url is not sqlite:PATH.');
  if (!existsSync(path)) throw new JournalError(`There is no journal ${path}.`);
  const quiet = !existsSync(`${path}-wal`);
  try {
    const seen = await reading(path, quiet, look);
    return quiet && existsSync(`${path}-wal`) ? await reading(path, false, look) : seen;
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const sentence = /no such table/.test(words)
      ? `${path} is a database, but not a journal of netdiag.`
      : (explainSqlite(error, path) ?? `The journal ${path} could not be read: ${words}.`);
    throw new JournalError(sentence, { cause: error });
  }
}

/**
 * `quiet`: nobody has the journal open. Reading it as one that cannot change leaves no file beside it
 * (https://sqlite.org/wal.html#read_only_databases).
 */
async function reading<T>(path: string, quiet: boolean, look: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
  const address = pathToFileURL(path);
  if (quiet) address.searchParams.set('immutable', '1');
  const file = new DatabaseSync(address, { readOnly: true, timeout: 2000 });
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: questions(file) }) });
  try {
    const { version } = await db.selectFrom('schema_version').select('version').executeTakeFirstOrThrow();
    if (version > SCHEMA_VERSION) {
      throw new JournalError(
        `The journal ${path} has schema version ${version}; this netdiag knows ${SCHEMA_VERSION}.`,
      );
    }
    return await look(db);
  } finally {
    await db.destroy();
  }
}

/** node:sqlite in the shape that Kysely's SqliteDialect expects, for questions only. */
function questions(db: DatabaseSync): ConstructorParameters<typeof SqliteDialect>[0]['database'] & object {
  return {
    close: () => db.close(),
    prepare(text: string) {
      const statement = db.prepare(text);
      return {
        reader: true,
        all: (values) => statement.all(...(values as SQLInputValue[])),
        run: () => ({ changes: 0, lastInsertRowid: 0 }),
        iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
      };
    },
  };
}
