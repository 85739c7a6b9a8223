import type { Kysely, Transaction } from 'kysely';
import { type AuditRow, canonical, sha256 } from '../../model/index.ts';
import type { AuditChainRow, Schema } from './schema.ts';

/** What the first row's `prev` is. */
const START = '0'.repeat(64);

/** What reading the whole audit showed. `seq` is the first row that does not fit. */
export type AuditVerdict =
  | { readonly intact: true; readonly rows: number; readonly head: string }
  | { readonly intact: false; readonly seq: number; readonly sentence: string };

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

/**
 * Reads the whole chain, a thousand rows at a time, and says where it breaks: a row changed, missing, added or moved.
 * Rows that others add meanwhile are read too.
 */
export async function checkChain(db: Kysely<Schema>): Promise<AuditVerdict> {
  const below = await db.selectFrom('audit').select('seq').where('seq', '<', 1).executeTakeFirst();
  if (below !== undefined) return broken(below.seq, 'was put before the first row');
  let last = { seq: 0, hash: START };
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last.seq)
      .orderBy('seq')
      .limit(1_000)
      .execute();
    for (const row of rows) {
      if (row.seq !== last.seq + 1) return broken(last.seq + 1, 'is missing');
      if (row.prev !== last.hash) return broken(row.seq, 'does not continue the row before it');
      if (row.hash !== link(row, row.seq, row.prev).hash) return broken(row.seq, 'was changed after it was written');
      last = row;
    }
    const head = await headOf(db);
    if (head.seq <= last.seq) {
      if (head.seq < last.seq || head.hash !== last.hash)
        return broken(last.seq, 'is not the row that was written last');
      return { intact: true, rows: last.seq, head: last.hash };
    }
    if (rows.length === 0 && (await nextRow(db, last.seq)) === null) {
      return broken(last.seq + 1, 'and everything after it is missing');
    }
  }
}

async function headOf(db: Kysely<Schema>): Promise<{ readonly seq: number; readonly hash: string }> {
  const head = await db.selectFrom('audit_head').select(['seq', 'hash']).where('one', '=', 1).executeTakeFirst();
  return head ?? { seq: 0, hash: START };
}

async function nextRow(db: Kysely<Schema>, seq: number): Promise<number | null> {
  const row = await db.selectFrom('audit').select('seq').where('seq', '>', seq).limit(1).executeTakeFirst();
  return row?.seq ?? null;
}

function broken(seq: number, how: string): AuditVerdict {
  return { intact: false, seq, sentence: `The audit was tampered with: row ${seq} ${how}.` };
}

/** Lone surrogates do not survive UTF-8; they are replaced before hashing, so that the stored row gives the same hash. */
function link(row: AuditRow, seq: number, prev: string): AuditChainRow {
  const linked = {
    seq,
    at: row.at,
    incident: row.incident.toWellFormed(),
    by: row.by.toWellFormed(),
    what: row.what.toWellFormed(),
    detail: row.detail.toWellFormed(),
    prev,
  };
  return { ...linked, hash: sha256(canonical(linked)) };
}
