import type { Kysely } from 'kysely';
import type { Event, IncidentState } from '../../model/index.ts';
import { JournalError, type StoredIncident } from '../../port.ts';
import type { Schema } from './schema.ts';

export async function load(db: Kysely<Schema>, incident: string): Promise<StoredIncident | null> {
  const row = await db
    .selectFrom('incident')
    .select(['id', 'version', 'state'])
    .where('id', '=', incident)
    .executeTakeFirst();
  return row === undefined ? null : stored(row);
}

/** Incidents that are not closed, oldest first. */
export async function openIncidents(db: Kysely<Schema>): Promise<readonly StoredIncident[]> {
  const rows = await db
    .selectFrom('incident')
    .select(['id', 'version', 'state'])
    .where('life', '!=', 'closed')
    .orderBy('opened')
    .orderBy('id')
    .execute();
  return rows.map(stored);
}

/** The newest incidents, closed ones included, newest first. */
export async function latestIncidents(db: Kysely<Schema>, limit: number): Promise<readonly StoredIncident[]> {
  const rows = await db
    .selectFrom('incident')
    .select(['id', 'version', 'state'])
    .orderBy('opened', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(stored);
}

/** Every event of an incident, in the order in which they were taken in. */
export async function eventsOf(db: Kysely<Schema>, incident: string): Promise<readonly Event[]> {
  const rows = await db.selectFrom('event').select('event').where('incident', '=', incident).orderBy('seq').execute();
  return rows.map((row) => plain(row.event, `an event of incident ${incident}`) as Event);
}

function stored({ id, version, state }: { id: string; version: number; state: string }): StoredIncident {
  return { incident: id, version, state: plain(state, `the state of incident ${id}`) as IncidentState };
}

/** Stored JSON as plain data. Throws JournalError when it is not JSON any more. */
export function plain(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JournalError(`What the journal holds as ${what} cannot be read; somebody changed it.`);
  }
}
