import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from 'kysely';
import { PATIENCE_MS } from './answered.ts';
import type { Dialect } from './dialect.ts';

/**
 * SQLite through node:sqlite. `path` is a file or `:memory:`; a missing file is made, readable by its owner only,
 * with its directory. Throws what the file system or SQLite throws, at once; `explainSqlite` knows those errors.
 */
export function openSqlite(name: string): Dialect {
  const path = name === ':memory:' ? name : resolve(name);
  if (path !== ':memory:') makeFile(path);
  const database = nodeSqlite(path);
  return {
    place: path === ':memory:' ? 'in memory' : path,
    kysely: new SqliteDialect({ database }),
    bytesType: 'blob',
    tables: async (db) => {
      const found = await sql<{ name: string }>`
        select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'`.execute(db);
      return found.rows.map((row) => row.name);
    },
    busy: busySqlite,
    explain: (error) => explainSqlite(error, path),
  };
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    // A file that cannot be opened for writing is SQLite's to explain: it may still be read.
    if (!(error instanceof Error && 'code' in error && (error.code === 'EROFS' || error.code === 'EACCES')))
      throw error;
  }
}

/**
 * node:sqlite in the shape that Kysely's SqliteDialect expects. SQLite's own waiting for a lock stays off: it would
 * block the event loop, and with it the very transaction of this process that holds the lock.
 */
function nodeSqlite(path: string): SqliteDatabase {
  const db = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    close: () => db.close(),
    prepare(text: string): SqliteStatement {
      // SQLite rolls back by itself on some errors (disk full); a second rollback would hide the first error.
      if (text === 'rollback' && !db.isTransaction) return nothing;
      // Kysely begins deferred: a transaction that reads and then writes would fail at once with SQLITE_BUSY,
      // whatever it is told to wait, when another process holds the write lock.
      const statement = db.prepare(text === 'begin' ? 'begin immediate' : text);
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...(values as SQLInputValue[])),
        run: (values) => statement.run(...(values as SQLInputValue[])),
        iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
      };
    },
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

/** By primary result code. */
const sentences: Readonly<Record<number, (path: string) => string>> = {
  5: (path) =>
    `The journal ${path} stayed locked by another process for ${PATIENCE_MS} ms. Find who holds it, then try again.`,
  6: (path) => `A table of the journal ${path} is locked. Try again.`,
  8: (path) => `The journal ${path} cannot be written: the file or its file system is read-only.`,
  10: (path) =>
    `Reading or writing the journal ${path} failed on the disk. Look at the kernel log and the file system.`,
  11: (path) => `The journal ${path} is damaged. Stop netdiag, keep the file, and go on with a new one.`,
  13: (path) => `The disk under the journal ${path} is full. Make room; nothing of this step was written.`,
  14: (path) => `The journal ${path} cannot be opened. Its directory must be there and writable for netdiag.`,
  23: (path) => `The journal ${path} may not be used: access was denied.`,
  26: (path) => `${path} is not a journal, it is some other file. Nothing was written to it; name another journal.`,
};

/** The low byte of SQLite's extended code, https://sqlite.org/rescode.html; `null` for an error of another kind. */
function codeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null;
}

/** SQLITE_BUSY: begin immediate, or a single statement, found the write lock taken. */
export function busySqlite(error: unknown): boolean {
  return codeOf(error) === 5;
}

/** One clear sentence for an error of node:sqlite or of making its file; `null` for any other error. */
export function explainSqlite(error: unknown, path: string): string | null {
  if (!(error instanceof Error)) return null;
  const code = codeOf(error);
  if (code !== null) return sentences[code]?.(path) ?? `The journal ${path} refused a statement: ${error.message}.`;
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) {
    return `The journal ${path} cannot be opened: ${error.code}. Its directory must be there and writable for netdiag.`;
  }
  return null;
}
