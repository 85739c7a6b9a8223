import { Kysely } from 'kysely';
import { type Clock, type Journal, JournalError } from '../../port.ts';
import { advance } from './advance.ts';
import { answered } from './answered.ts';
import { appendAudit, auditOf, type AuditVerdict, checkChain, hashOf, headOf } from './audit.ts';
import type { AuditHead } from './audit-row.ts';
import { bytesOf, keep } from './blob.ts';
import type { Dialect } from './dialect.ts';
import { handled, receive, unhandled } from './inbox.ts';
import { eventsOf, latestIncidents, load, openIncidents } from './incident.ts';
import { migrate } from './migration.ts';
import { changeHeld, lease, nextDue } from './queue.ts';
import type { Schema } from './schema.ts';
import { busySqlite, explainSqlite, openSqlite } from './sqlite.ts';

/** A journal in an SQL database, with what only such a journal can tell. */
export interface SqlJournal extends Journal {
  /** Reads the whole audit and says whether any row was changed, removed, added or moved since it was written. */
  verifyAudit(): Promise<AuditVerdict>;
  /** Where the audit ends now. */
  auditHead(): Promise<AuditHead>;
  /** The hash of one row of the audit; `null` where there is none. */
  auditHash(seq: number): Promise<string | null>;
}

/**
 * Opens the journal, makes it when it is not there, and brings an older schema up to date.
 * `url` is `sqlite:PATH` or `sqlite::memory:`. Throws JournalError: unknown kind of url, newer schema, not a journal,
 * no access. The clock only dates rows; which lease has run out is decided by the `now` that `lease` is given.
 */
export async function openJournal(url: string, clock: Pick<Clock, 'now'> = { now: Date.now }): Promise<SqlJournal> {
  const dialect = await dialectOf(url);
  const db = new Kysely<Schema>({ dialect: dialect.kysely });
  try {
    await answered(dialect, () => migrate(db, dialect));
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return over(db, dialect, clock);
}

/** Verifies the audit of the journal at `url`; others may go on using it. Throws JournalError as `openJournal` does. */
export async function verifyAudit(url: string): Promise<AuditVerdict> {
  const journal = await openJournal(url);
  try {
    return await journal.verifyAudit();
  } finally {
    await journal.close();
  }
}

async function dialectOf(url: string): Promise<Dialect> {
  const path = /^sqlite:([^\0]+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new JournalError('The journal url is neither sqlite:PATH nor sqlite::memory:, and no other kind is known.');
  }
  const unopened = { place: path, busy: busySqlite, explain: (error: unknown) => explainSqlite(error, path) };
  return answered(unopened, async () => openSqlite(path));
}

function over(db: Kysely<Schema>, dialect: Dialect, clock: Pick<Clock, 'now'>): SqlJournal {
  const answer = <T>(work: () => Promise<T>): Promise<T> => answered(dialect, work);
  const held = (incident: string, key: string, fence: number) => ({ incident, key, fence });
  const freed = { worker: null, lease_until: null };
  return {
    advance: (step) => answer(() => advance(db, step, clock.now())),
    load: (incident) => answer(() => load(db, incident)),
    open: () => answer(() => openIncidents(db)),
    latest: (limit) => answer(() => latestIncidents(db, limit)),
    events: (incident) => answer(() => eventsOf(db, incident)),
    lease: (worker, now, ttlMs, limit) => answer(() => lease(db, worker, now, ttlMs, limit)),
    end: (incident, key, fence) =>
      answer(() => changeHeld(db, held(incident, key, fence), { ...freed, ended: clock.now() })),
    release: (incident, key, fence, due) =>
      answer(() => changeHeld(db, held(incident, key, fence), { ...freed, due, since: due })),
    renew: (incident, key, fence, until) =>
      answer(() => changeHeld(db, held(incident, key, fence), { lease_until: until })),
    nextDue: (now) => answer(() => nextDue(db, now)),
    receive: (key, payload, at) => answer(() => receive(db, { key, payload, at })),
    unhandled: () => answer(() => unhandled(db)),
    handled: (key) => answer(() => handled(db, key, clock.now())),
    keep: (kind, bytes) => answer(() => keep(db, kind, bytes, clock.now())),
    bytes: (digest) => answer(() => bytesOf(db, digest)),
    audit: (incident) => answer(() => auditOf(db, incident)),
    note: (row) => answer(() => db.transaction().execute((tx) => appendAudit(tx, [row]))),
    verifyAudit: () => answer(() => checkChain(db)),
    auditHead: () => answer(() => headOf(db)),
    auditHash: (seq) => answer(() => hashOf(db, seq)),
    close: () => answer(() => db.destroy()),
  };
}
