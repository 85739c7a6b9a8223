import { type Kysely, SqliteAdapter, sql, type Transaction } from 'kysely';
import type { AuditRow } from '../../model/index.ts';
import { compareCheckpoints, type FoundCheckpoint } from './audit-checkpoint.ts';
import { type AuditHead, type FoundRow, link, START } from './audit-row.ts';
import { type AuditComplaint, AuditWalk } from './audit-walk.ts';
import type { AuditChainRow, Schema } from './schema.ts';

/** What reading the whole audit showed. `seq` is the first row that does not fit. */
export type AuditVerdict =
  | { readonly intact: true; readonly rows: number; readonly head: string }
  | { readonly intact: false; readonly seq: number; readonly sentence: string };

/** Everything that does not fit, in the order of the rows, and where the chain ends. */
export interface AuditReview {
  readonly complaints: readonly AuditComplaint[];
  readonly head: AuditHead;
}

/** Rows read at once. */
const PAGE = 1_000;

/** Adds rows at the end of the chain. */
export async function appendAudit(tx: Transaction<Schema>, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  const head = await headOf(tx);
  let { seq, hash } = head;
  for (const row of rows) {
    seq += 1;
    const linked = link(row, seq, hash);
    await tx.insertInto('audit').values(linked).execute();
    hash = linked.hash;
  }
  if (head.seq === 0) await tx.insertInto('audit_head').values({ one: 1, seq, hash }).execute();
  else await tx.updateTable('audit_head').set({ seq, hash }).where('one', '=', 1).execute();
}

/** The rows of one incident, in order. */
export async function auditOf(db: Kysely<Schema>, incident: string): Promise<readonly AuditRow[]> {
  const rows = await db.selectFrom('audit').selectAll().where('incident', '=', incident).orderBy('seq').execute();
  return rows.map(({ at, by, what, detail }) => ({ at, incident, by, what, detail }));
}

/** Where the chain ends, as the journal has it noted. */
export async function headOf(db: Kysely<Schema>): Promise<AuditHead> {
  const head = await db.selectFrom('audit_head').select(['seq', 'hash']).where('one', '=', 1).executeTakeFirst();
  return head ?? { seq: 0, hash: START };
}

/** The first thing that `reviewAudit` finds without checkpoints. */
export async function checkChain(db: Kysely<Schema>): Promise<AuditVerdict> {
  const { complaints, head } = await reviewAudit(db);
  const [first] = complaints;
  return first === undefined
    ? { intact: true, rows: head.seq, head: head.hash }
    : { intact: false, seq: first.seq, sentence: first.sentence };
}

/**
 * Reads the whole chain, a thousand rows at a time, and says where it breaks: rows changed, missing, added or moved, and where
 * it is not the chain that the checkpoints saw. Rows that others add meanwhile are read too.
 */
export async function reviewAudit(
  db: Kysely<Schema>,
  checkpoints: readonly FoundCheckpoint[] = [],
): Promise<AuditReview> {
  const walk = new AuditWalk((hash) => rowWith(db, hash));
  const below = await db.selectFrom('audit').select(digits('seq')).where('seq', '<', 1).executeTakeFirst();
  if (below !== undefined) walk.complain(Number(below.seq), `row ${below.seq} was put before the first row`);
  for (;;) {
    const rows = await pageAfter(db, walk.last.seq);
    for (const row of rows) {
      if (walk.full || !(await walk.take(row))) return { complaints: walk.complaints, head: walk.last };
    }
    const heads = await headsOf(db);
    // More was written between the last page and the head, or there is another page.
    if (rows.length > 0 && (rows.length === PAGE || Number(heads[0]?.seq) > walk.last.seq)) continue;
    if (Number(heads[0]?.seq) > walk.last.seq && (await pageAfter(db, walk.last.seq)).length > 0) continue;
    walk.end(heads);
    break;
  }
  await countRows(db, walk);
  const seen = await compareCheckpoints(checkpoints, walk.last, (seq) => hashOf(db, seq));
  return { complaints: [...walk.complaints, ...seen].toSorted((a, b) => a.seq - b.seq), head: walk.last };
}

/** A row that shares its number with another one can hide between two pages. */
async function countRows(db: Kysely<Schema>, walk: AuditWalk): Promise<void> {
  if (walk.complaints.length > 0) return;
  const { last } = walk;
  const { rows } = await db
    .selectFrom('audit')
    .select((all) => all.fn.countAll().as('rows'))
    .where('seq', '<=', last.seq)
    .executeTakeFirstOrThrow();
  if (Number(rows) !== last.seq) walk.complain(last.seq, `${Number(rows)} rows have ${last.seq} numbers`);
}

/** Rows after a number, as they were found: numbers as digits, so that one too large for a number is no error. */
export async function pageAfter(db: Kysely<Schema>, seq: number, limit = PAGE): Promise<readonly FoundRow[]> {
  const rows: readonly FoundRow[] = await db
    .selectFrom('audit')
    .select([digits('seq'), digits('at'), 'incident', 'by', 'what', 'detail', 'prev', 'hash'])
    .where('seq', '>', seq)
    .orderBy('audit.seq')
    .limit(limit)
    .execute();
  if (!(db.getExecutor().adapter instanceof SqliteAdapter)) return rows;
  return Promise.all(rows.map(async (row) => (suspect(row) ? exactly(db, row) : row)));
}

/** What is noted of the end: one row, unless somebody else wrote there. */
function headsOf(db: Kysely<Schema>) {
  const columns = [digits('one', 'audit_head'), digits('seq', 'audit_head'), 'hash' as const] as const;
  return db.selectFrom('audit_head').select(columns).limit(2).execute();
}

function digits<T extends string>(column: T, table = 'audit') {
  return sql<string>`cast(${sql.ref(`${table}.${column}`)} as text)`.as(column);
}

const TEXTS = ['incident', 'by', 'what', 'detail', 'prev', 'hash'] as const;

/** SQLite keeps bytes that are no UTF-8 as text too, and they are read as U+FFFD: so may be what was never written. */
function suspect(row: FoundRow): boolean {
  return TEXTS.some((column) => typeof row[column] === 'string' && row[column].includes('\uFFFD'));
}

/** The row with `null` for each text whose bytes are not the UTF-8 of it. */
async function exactly(db: Kysely<Schema>, row: FoundRow): Promise<FoundRow> {
  const columns = TEXTS.map((column) => sql<Uint8Array>`cast(${sql.ref(column)} as blob)`.as(column));
  const found = await db.selectFrom('audit').select(columns).where('seq', '=', Number(row.seq)).executeTakeFirst();
  const wrong = TEXTS.filter((column) => {
    const text = row[column];
    return typeof text !== 'string' || found === undefined || !Buffer.from(text, 'utf8').equals(found[column]);
  });
  return { ...row, ...Object.fromEntries(wrong.map((column) => [column, null])) };
}

async function rowWith(db: Kysely<Schema>, hash: string): Promise<number | null> {
  const row = await db.selectFrom('audit').select('seq').where('hash', '=', hash).orderBy('seq').executeTakeFirst();
  return row?.seq ?? null;
}

/** The hash of a row; `START` of row 0, `null` where there is none. */
export async function hashOf(db: Kysely<Schema>, seq: number): Promise<AuditChainRow['hash'] | null> {
  if (seq === 0) return START;
  const row = await db.selectFrom('audit').select('hash').where('seq', '=', seq).executeTakeFirst();
  return row?.hash ?? null;
}
