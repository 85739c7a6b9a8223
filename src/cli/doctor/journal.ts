import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely, SqliteDialect } from 'kysely';
import { type AuditVerdict, checkChain } from '../../adapter/journal/audit.ts';
import { SCHEMA_VERSION } from '../../adapter/journal/migration.ts';
import type { Schema } from '../../adapter/journal/schema.ts';
import { explainSqlite } from '../../adapter/journal/sqlite.ts';
import { count, fault, type Item, ok, unseen, warning } from './item.ts';
import { typed } from './typed.ts';

const PLACE = { id: 'configuration.journal', title: 'journal' };
const SCHEMA = { id: 'configuration.schema', title: 'schema' };
const AUDIT = { id: 'configuration.audit', title: 'audit' };
const DISK = { id: 'configuration.disk', title: 'disk' };

/** A diagnosis with captures is a few MiB; a hundred of them are a bad week. */
const LOW = 1024 ** 3;
const EMPTY = 64 * 1024 ** 2;

/** The journal at `sqlite:PATH`: may be written, of a schema that this netdiag knows, its audit whole, room beside it. Only read. */
export async function journalItems(url: string): Promise<readonly Item[]> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) return [unseen(PLACE, 'it is no SQLite file, and this doctor looks into no other kind')];
  if (path === ':memory:') return [ok(PLACE, 'in memory; enough for netdiag diagnose')];
  const place = placeItem(path);
  const inside = place.health === 'unseen' || !existsSync(path) ? [] : await insideItems(path);
  return [place, ...inside, diskItem(path)];
}

function placeItem(path: string): Item {
  const there = existsSync(path);
  const directory = standing(dirname(path));
  const closed = [...(there ? [path] : []), directory].find((one) => !writable(one));
  if (closed !== undefined) {
    const says = `${closed} cannot be written by user ${process.getuid?.() ?? ''}`.trim();
    return fault(PLACE, says, `Make ${closed} writable, or name another place in journal.url.`);
  }
  if (!there) return ok(PLACE, `${path} is made at the first start`);
  const { mode } = statSync(path);
  if ((mode & 0o077) !== 0) {
    return warning(
      PLACE,
      `${path}: others may look into it, captures and all`,
      `Run ${typed(['chmod', '600', path])}.`,
    );
  }
  return ok(PLACE, path);
}

/** The schema, and whether the audit is whole; looked at again when somebody began to write meanwhile. */
async function insideItems(path: string): Promise<readonly Item[]> {
  const quiet = !existsSync(`${path}-wal`);
  const seen = await look(path, quiet);
  const disturbed = quiet && existsSync(`${path}-wal`);
  return disturbed ? look(path, false) : seen;
}

/**
 * `quiet`: nobody has the journal open. Reading it as one that cannot change leaves no file beside it
 * (https://sqlite.org/wal.html#read_only_databases).
 */
async function look(path: string, quiet: boolean): Promise<readonly Item[]> {
  const address = pathToFileURL(path);
  if (quiet) address.searchParams.set('immutable', '1');
  let db: Kysely<Schema> | null = null;
  try {
    const file = new DatabaseSync(address, { readOnly: true, timeout: 2000 });
    db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: readable(file) }) });
    const rows = await db.selectFrom('schema_version').select('version').execute();
    const version = rows.length === 1 ? rows[0]?.version : undefined;
    if (version === undefined || version > SCHEMA_VERSION || version < 0) {
      const says = `${path} has schema version ${version ?? 'unknown'}; this netdiag knows ${SCHEMA_VERSION}`;
      return [fault(SCHEMA, says, 'Run the netdiag that wrote it, or name another journal.')];
    }
    const older = version < SCHEMA_VERSION ? `, brought to ${SCHEMA_VERSION} at the next start` : '';
    return [ok(SCHEMA, `version ${version}${older}`), auditItem(await checkChain(db))];
  } catch (error) {
    return [explained(error, path)];
  } finally {
    await db?.destroy();
  }
}

function auditItem(verdict: AuditVerdict): Item {
  if (verdict.intact) return ok(AUDIT, `${count(verdict.rows, 'row')}, the chain is whole`);
  const mend = 'Keep a copy of the file, find out who wrote to it, and go on with a new journal.';
  return fault(AUDIT, verdict.sentence, mend);
}

function explained(error: unknown, path: string): Item {
  const words = error instanceof Error ? error.message : String(error);
  if (/no such table/.test(words)) {
    return fault(SCHEMA, `${path} is a database, but not a netdiag journal`, 'Name another file in journal.url.');
  }
  const says = explainSqlite(error, path);
  return says === null
    ? unseen(SCHEMA, `the journal ${path} could not be read: ${words}`)
    : fault(SCHEMA, says, 'Name a journal that can be read in journal.url, or mend this one.');
}

function diskItem(path: string): Item {
  const directory = standing(dirname(path));
  try {
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    const says = `${shown(free)} free under ${directory}`;
    const mend = `Make room under ${directory}: incidents and captures are kept there.`;
    if (free < EMPTY) return fault(DISK, says, mend);
    return free < LOW ? warning(DISK, says, mend) : ok(DISK, says);
  } catch (error) {
    return unseen(DISK, `the space under ${directory} is not known: ${error instanceof Error ? error.message : ''}`);
  }
}

function shown(bytes: number): string {
  return bytes >= LOW ? `${(bytes / LOW).toFixed(1)} GiB` : `${Math.floor(bytes / 1024 ** 2)} MiB`;
}

/** The directory itself, or the nearest one above it that is there. */
function standing(directory: string): string {
  return existsSync(directory) || dirname(directory) === directory ? directory : standing(dirname(directory));
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** node:sqlite in the shape that Kysely's SqliteDialect expects, for questions only. */
function readable(db: DatabaseSync): ConstructorParameters<typeof SqliteDialect>[0]['database'] & object {
  return {
    close: () => db.close(),
    prepare(text: string) {
      const statement = db.prepare(text);
      return {
        reader: true,
        all: (values) => statement.all(...(values as (string | number)[])),
        run: () => ({ changes: 0, lastInsertRowid: 0 }),
        iterate: (values) => statement.iterate(...(values as (string | number)[])),
      };
    },
  };
}
