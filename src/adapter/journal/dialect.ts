import type { Dialect as KyselyDialect, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** What differs from database to database. Everything else in this room is SQL that each of them runs. */
export interface Dialect {
  /** The journal's name for people, without secrets. */
  readonly place: string;
  readonly kysely: KyselyDialect;
  readonly bytesType: 'blob' | 'bytea';
  /** Names of the tables that the database holds. */
  tables(db: Kysely<Schema>): Promise<readonly string[]>;
  /** True when another writer held the database and nothing of the work was done. */
  busy(error: unknown): boolean;
  /** One clear sentence for an error of the driver; `null` for an error that it does not know. */
  explain(error: unknown): string | null;
}
