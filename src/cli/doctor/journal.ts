import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { reviewAudit } from '../../adapter/journal/audit.ts';
import { readCheckpoints } from '../../adapter/journal/audit-checkpoint.ts';
import { readAudit } from '../../adapter/journal/audit-open.ts';
import { SCHEMA_VERSION } from '../../adapter/journal/migration.ts';
import { JournalError } from '../../port.ts';
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
export async function journalItems(url: string, checkpointFile: string | null = null): Promise<readonly Item[]> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) return [unseen(PLACE, 'it is no SQLite file, and this doctor looks into no other kind')];
  if (path === ':memory:') return [ok(PLACE, 'in memory; enough for netdiag diagnose')];
  const place = placeItem(path);
  const inside = place.health === 'unseen' || !existsSync(path) ? [] : await insideItems(url, checkpointFile);
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

/** The schema, and whether the audit is whole and the one that the checkpoints saw. */
async function insideItems(url: string, checkpointFile: string | null): Promise<readonly Item[]> {
  const { checkpoints, complaints } = witnessed(checkpointFile);
  try {
    return await readAudit(url, async (db) => {
      const { version } = await db.selectFrom('schema_version').select('version').executeTakeFirstOrThrow();
      const older = version < SCHEMA_VERSION ? `, brought to ${SCHEMA_VERSION} at the next start` : '';
      const review = await reviewAudit(db, checkpoints);
      const wrong = [...review.complaints, ...complaints];
      const schema = ok(SCHEMA, `version ${version}${older}`);
      return [schema, auditItem(review.head.seq, wrong, checkpoints.length)];
    });
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return [fault(SCHEMA, error.message, 'Name a journal of this netdiag in journal.url, or mend this one.')];
  }
}

function auditItem(rows: number, wrong: readonly { readonly sentence: string }[], checkpoints: number): Item {
  const [first, ...more] = wrong;
  if (first !== undefined) {
    const mend = 'Run netdiag audit verify, keep a copy of the journal, and find out who wrote to it.';
    return fault(AUDIT, `${first.sentence}${more.length === 0 ? '' : ` And ${more.length} more.`}`, mend);
  }
  const held = checkpoints === 0 ? '' : `, as ${count(checkpoints, 'checkpoint')} saw it`;
  return ok(AUDIT, `${count(rows, 'row')}, the chain is whole${held}`);
}

/** The checkpoints of the configured file; netdiag makes it with the first one. */
function witnessed(file: string | null): ReturnType<typeof readCheckpoints> {
  if (file === null || !existsSync(file)) return { checkpoints: [], complaints: [] };
  try {
    return readCheckpoints(file, readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
    return {
      checkpoints: [],
      complaints: [{ seq: 0, sentence: `The checkpoints in ${file} cannot be read (${why}).` }],
    };
  }
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
