import { type AuditRow, canonical, sha256 } from '../../model/index.ts';
import type { AuditChainRow } from './schema.ts';

/** What the first row's `prev` is. */
export const START = '0'.repeat(64);

/** Where a chain ends: the number and the hash of its last row; 0 and `START` of an empty one. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** The row as it stands in the chain. */
export function link(row: AuditRow, seq: number, prev: string): AuditChainRow {
  const { at } = row;
  // Lone surrogates do not survive UTF-8; they are replaced before hashing, so that the stored row gives the same hash.
  const [incident, by, what, detail] = [row.incident, row.by, row.what, row.detail].map((text) => text.toWellFormed());
  const linked = { seq, at, incident: incident!, by: by!, what: what!, detail: detail!, prev };
  return { ...linked, hash: sha256(canonical(linked)) };
}

/** A row as the database gives it, whoever wrote it: numbers as their digits, everything else as it is. */
export type FoundRow = Readonly<Record<keyof AuditChainRow, unknown>>;

/** The row, where every column holds what such a column may hold; otherwise the name of the first that does not. */
export function readRow(found: FoundRow): AuditChainRow | keyof AuditChainRow {
  const [seq, at] = [whole(found.seq), whole(found.at)];
  if (seq === null) return 'seq';
  if (at === null) return 'at';
  const { incident, by, what, detail, prev, hash } = found;
  if (typeof incident !== 'string') return 'incident';
  if (typeof by !== 'string') return 'by';
  if (typeof what !== 'string') return 'what';
  if (typeof detail !== 'string') return 'detail';
  if (typeof prev !== 'string') return 'prev';
  if (typeof hash !== 'string') return 'hash';
  return { seq, at, incident, by, what, detail, prev, hash };
}

/** A whole number that is written as one: `7`, not `7.0` or `07`. */
export function whole(found: unknown): number | null {
  const number = Number(found);
  return Number.isSafeInteger(number) && String(number) === String(found) ? number : null;
}
