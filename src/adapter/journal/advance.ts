import type { Kysely, Transaction } from 'kysely';
import type { Effect } from '../../model/index.ts';
import { type Advance, type Advanced, JournalError } from '../../port.ts';
import { appendAudit } from './audit.ts';
import { changeHeld } from './queue.ts';
import type { Schema } from './schema.ts';

/** Thrown inside the transaction so that nothing of it stays. */
class Refusal extends Error {
  readonly why: Advanced;
  constructor(why: Advanced) {
    super(why);
    this.why = why;
  }
}

/**
 * Writes one transition, or nothing. Asked in this order: was the outside cause used already (`seen`), is the effect
 * that it ends still held (`fenced`), is the state the one it started from (`stale`).
 */
export async function advance(db: Kysely<Schema>, step: Advance, now: number): Promise<Advanced> {
  try {
    return await db.transaction().execute(async (tx) => {
      if (step.inbox !== undefined) await useInbox(tx, step.inbox, step.event.at);
      if (step.ends !== undefined) {
        const held = { incident: step.incident, ...step.ends };
        const ended = await changeHeld(tx, held, { ended: now, worker: null, lease_until: null });
        if (!ended) throw new Refusal('fenced');
      }
      await writeState(tx, step);
      await appendAudit(tx, step.audit);
      await tx
        .insertInto('event')
        .values({
          incident: step.incident,
          seq: step.from + 1,
          at: step.event.at,
          event: JSON.stringify(step.event),
        })
        .execute();
      await addEffects(tx, step);
      return 'written' as const;
    });
  } catch (error) {
    if (error instanceof Refusal) return error.why;
    throw error;
  }
}

async function useInbox(tx: Transaction<Schema>, key: string, at: number): Promise<void> {
  const row = await tx.selectFrom('inbox').select('used').where('key', '=', key).executeTakeFirst();
  if (row === undefined) {
    await tx.insertInto('inbox').values({ key, payload: null, at, used: at, handled: null }).execute();
    return;
  }
  if (row.used !== null) throw new Refusal('seen');
  await tx.updateTable('inbox').set({ used: at }).where('key', '=', key).execute();
}

async function writeState(tx: Transaction<Schema>, { incident, from, event, state }: Advance): Promise<void> {
  const { life } = state;
  const row = { version: from + 1, life, state: JSON.stringify(state) };
  const before = await tx
    .selectFrom('incident')
    .select(['version', 'closed'])
    .where('id', '=', incident)
    .executeTakeFirst();
  if ((before?.version ?? 0) !== from) throw new Refusal('stale');
  const closed = life === 'closed' ? (before?.closed ?? event.at) : null;
  if (before === undefined) {
    await tx
      .insertInto('incident')
      .values({ id: incident, ...row, opened: event.at, closed })
      .execute();
    return;
  }
  const updated = await tx
    .updateTable('incident')
    .set({ ...row, closed })
    .where('id', '=', incident)
    .where('version', '=', from)
    .executeTakeFirst();
  if (updated.numUpdatedRows !== 1n) throw new Refusal('stale');
}

async function addEffects(tx: Transaction<Schema>, { incident, from, event, effects }: Advance): Promise<void> {
  if (effects.length === 0) return;
  const keys = effects.map((effect) => effect.key);
  const there = await tx
    .selectFrom('effect')
    .select('key')
    .where('incident', '=', incident)
    .where('key', 'in', keys)
    .execute();
  const twice = there[0]?.key ?? keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) {
    throw new JournalError(`Incident ${incident} made the effect ${twice} twice; nothing of this step was written.`);
  }
  const rows = effects.map((effect, nth) => ({
    incident,
    key: effect.key,
    deed: JSON.stringify(effect),
    due: dueOf(effect),
    since: effect.do === 'wake' ? effect.at : event.at,
    seq: from + 1,
    nth,
    worker: null,
    lease_until: null,
    fence: 0,
    attempt: 0,
    ended: null,
  }));
  await tx.insertInto('effect').values(rows).execute();
}

/** 0 is "at once", whatever the clock does. */
function dueOf(effect: Effect): number {
  return effect.do === 'wake' ? effect.at : 0;
}
