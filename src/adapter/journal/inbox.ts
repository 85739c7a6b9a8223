import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A raw inbound payload, as recorded before it was acked. */
export interface Received {
  readonly key: string;
  readonly payload: string;
  readonly at: number;
}

/** False when the key was seen before. */
export async function receive(db: Kysely<Schema>, { key, payload, at }: Received): Promise<boolean> {
  const added = await db
    .insertInto('inbox')
    .values({ key, payload, at, used: null, handled: null })
    .onConflict((there) => there.column('key').doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
}

/** Payloads on which something is left to do, oldest first. */
export async function unhandled(db: Kysely<Schema>): Promise<readonly Received[]> {
  const rows = await db
    .selectFrom('inbox')
    .select(['key', 'payload', 'at'])
    .where('handled', 'is', null)
    .where('payload', 'is not', null)
    .orderBy('at')
    .orderBy('key')
    .execute();
  return rows.map(({ key, payload, at }) => ({ key, payload: payload ?? '', at }));
}

export async function handled(db: Kysely<Schema>, key: string, now: number): Promise<void> {
  await db.updateTable('inbox').set({ handled: now }).where('key', '=', key).where('handled', 'is', null).execute();
}
