import type { Kysely } from 'kysely';
import type { Effect } from '../../model/index.ts';
import type { LeasedEffect } from '../../port.ts';
import { plain } from './incident.ts';
import type { EffectRow, Schema } from './schema.ts';

/**
 * Takes at most `limit` effects that are due and that no living worker holds, oldest first. Closed incidents count
 * too: their last messages still have to be shown.
 */
export async function lease(
  db: Kysely<Schema>,
  worker: string,
  now: number,
  ttlMs: number,
  limit: number,
): Promise<readonly LeasedEffect[]> {
  return db.transaction().execute(async (tx) => {
    const waiting = await tx
      .selectFrom('effect')
      .selectAll()
      .where('ended', 'is', null)
      .where('due', '<=', now)
      .where((free) => free.or([free('lease_until', 'is', null), free('lease_until', '<=', now)]))
      .orderBy('since')
      .orderBy('incident')
      .orderBy('seq')
      .orderBy('nth')
      .limit(limit)
      .execute();
    const leased: LeasedEffect[] = [];
    for (const row of waiting) {
      const fence = row.fence + 1;
      const attempt = row.attempt + 1;
      // Where transactions run side by side, two workers may read the same row; the fence lets one of them win.
      const taken = await tx
        .updateTable('effect')
        .set({ worker, lease_until: now + ttlMs, fence, attempt })
        .where('incident', '=', row.incident)
        .where('key', '=', row.key)
        .where('fence', '=', row.fence)
        .where('ended', 'is', null)
        .executeTakeFirst();
      if (taken.numUpdatedRows === 1n) {
        leased.push({
          incident: row.incident,
          effect: plain(row.deed, `effect ${row.key} of incident ${row.incident}`) as Effect,
          fence,
          attempt,
        });
      }
    }
    return leased;
  });
}

/** Changes an effect that is held under this fence; false when it is not held under it any more. */
export async function changeHeld(
  db: Kysely<Schema>,
  held: { readonly incident: string; readonly key: string; readonly fence: number },
  change: Partial<EffectRow>,
): Promise<boolean> {
  const changed = await db
    .updateTable('effect')
    .set(change)
    .where('incident', '=', held.incident)
    .where('key', '=', held.key)
    .where('fence', '=', held.fence)
    .where('worker', 'is not', null)
    .where('ended', 'is', null)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** The next moment after `now` at which an effect falls due or the lease on one runs out. */
export async function nextDue(db: Kysely<Schema>, now: number): Promise<number | null> {
  const waiting = db.selectFrom('effect').where('ended', 'is', null);
  const due = await waiting
    .where('lease_until', 'is', null)
    .where('due', '>', now)
    .select((row) => row.fn.min('due').as('at'))
    .executeTakeFirst();
  const freed = await waiting
    .where('lease_until', '>', now)
    .select((row) => row.fn.min('lease_until').as('at'))
    .executeTakeFirst();
  const times = [due?.at, freed?.at].filter((at) => at !== null && at !== undefined);
  return times.length === 0 ? null : Math.min(...times);
}
