import type { Kysely } from 'kysely';
import { type Digest, sha256 } from '../../model/index.ts';
import { JournalError } from '../../port.ts';
import type { Schema } from './schema.ts';

/** Keeps bytes under their SHA-256; the same bytes twice are one row. */
export async function keep(db: Kysely<Schema>, kind: string, bytes: Uint8Array, at: number): Promise<Digest> {
  const digest = sha256(bytes);
  await db
    .insertInto('blob')
    .values({ digest, kind, bytes, at })
    .onConflict((there) => there.column('digest').doNothing())
    .execute();
  return digest;
}

/** `null` when nothing was kept under this digest. Throws JournalError when the row's bytes are not the ones kept. */
export async function bytesOf(db: Kysely<Schema>, digest: Digest): Promise<Uint8Array | null> {
  const row = await db.selectFrom('blob').select('bytes').where('digest', '=', digest).executeTakeFirst();
  if (row === undefined) return null;
  if (sha256(row.bytes) !== digest) {
    throw new JournalError(`What the journal keeps under ${digest} is not what was given to it; it cannot be shown.`);
  }
  return row.bytes;
}
