import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendAudit, headOf, reviewAudit } from '../../../src/adapter/journal/audit.ts';
import {
  type AuditCheckpoint,
  readCheckpoints,
  checkpointLine,
} from '../../../src/adapter/journal/audit-checkpoint.ts';
import { link, START } from '../../../src/adapter/journal/audit-row.ts';
import type { AuditChainRow, Schema } from '../../../src/adapter/journal/schema.ts';
import { audited, ROWS, undone } from './audit-database.ts';

const TEXTS = ['incident', 'by', 'what', 'detail', 'prev', 'hash'] as const;
const sentences = async (db: Kysely<Schema>, checkpoints: readonly AuditCheckpoint[] = []): Promise<string[]> => {
  const found = readCheckpoints('file', checkpoints.map(checkpointLine).join('\n'));
  return (await reviewAudit(db, found.checkpoints)).complaints.map(({ sentence }) => sentence);
};

let db: Kysely<Schema>;
let rows: readonly AuditChainRow[];
beforeAll(async () => {
  db = await audited(ROWS);
  rows = await db.selectFrom('audit').selectAll().orderBy('seq').execute();
});
afterAll(() => db.destroy());

const seqs = fc.integer({ min: 1, max: ROWS.length });
const row = (seq: number): AuditChainRow => rows[seq - 1]!;

/** Rewrites the whole audit as these rows, the head with them. */
const rewrite = async (to: Kysely<Schema>, chain: readonly AuditChainRow[]): Promise<void> => {
  await to.deleteFrom('audit').execute();
  await to.deleteFrom('audit_head').execute();
  for (const one of chain) await to.insertInto('audit').values(one).execute();
  const last = chain.at(-1);
  if (last !== undefined)
    await to.insertInto('audit_head').values({ one: 1, seq: last.seq, hash: last.hash }).execute();
};

/** A chain that fits in itself. */
const chained = (from: readonly AuditChainRow[]): AuditChainRow[] => {
  let prev = START;
  return from.map((one, index) => {
    const linked = link(one, index + 1, prev);
    prev = linked.hash;
    return linked;
  });
};

test('nothing is said of a chain as it was written, with and without checkpoints, nor of one that goes on', async () => {
  expect(await sentences(db)).toEqual([]);
  const all = rows.map(({ seq, hash, at }) => ({ seq, hash, at }));
  expect(await sentences(db, [{ seq: 0, hash: START, at: 0 }, ...all])).toEqual([]);
  const longer = undone(
    db,
    (tx) => appendAudit(tx as never, [...ROWS, ...ROWS]),
    (tx) => sentences(tx, all),
  );
  expect(await longer).toEqual([]);
});

describe('is seen, wherever it is', () => {
  test('T39: any byte of any text', async () => {
    const byte = fc.record({ seq: seqs, column: fc.constantFrom(...TEXTS), at: fc.nat(), to: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(byte, async ({ seq, column, at, to }) => {
        const bytes = Buffer.from(row(seq)[column], 'utf8');
        fc.pre(bytes.length > 0 && bytes[at % bytes.length] !== to);
        bytes[at % bytes.length] = to;
        const change = sql`update audit set ${sql.ref(column)} = cast(${bytes} as text) where seq = ${seq}`;
        expect(
          await undone(
            db,
            (tx) => change.execute(tx),
            (tx) => sentences(tx),
          ),
        ).not.toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  test('U+FFFD exchanged for bytes that are read as it', async () => {
    const detail = Buffer.from(row(4).detail, 'utf8');
    const at = detail.indexOf(Buffer.from('\uFFFD'));
    detail[at] = 0xf0;
    expect(new TextDecoder().decode(detail)).toBe(row(4).detail);
    const change = sql`update audit set detail = cast(${detail} as text) where seq = 4`;
    expect(
      await undone(
        db,
        (tx) => change.execute(tx),
        (tx) => sentences(tx),
      ),
    ).toEqual(['The audit was tampered with: row 4 holds something in detail that netdiag never wrote there.']);
  });

  test('any number', async () => {
    const other = fc.oneof(
      fc.integer(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(seqs, other, async (seq, value) => {
        fc.pre(String(value) !== String(row(seq).at) && !Object.is(value, Number.NaN));
        fc.pre(Number(value) !== row(seq).at);
        const change = sql`update audit set at = ${value} where seq = ${seq}`;
        expect(
          await undone(
            db,
            (tx) => change.execute(tx),
            (tx) => sentences(tx),
          ),
        ).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(seqs, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), async (seq, value) => {
        fc.pre(value < 1n || value > BigInt(ROWS.length));
        const change = sql`update audit set seq = ${value} where seq = ${seq}`;
        expect(
          await undone(
            db,
            (tx) => change.execute(tx),
            (tx) => sentences(tx),
          ),
        ).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(TEXTS)('bytes, nothing or another text as %s', async (column) => {
    for (const value of [Buffer.from(row(2)[column]), 'x']) {
      const change = sql`update audit set ${sql.ref(column)} = ${value} where seq = 2`;
      expect(
        await undone(
          db,
          (tx) => change.execute(tx),
          (tx) => sentences(tx),
        ),
      ).not.toEqual([]);
    }
  });

  test('any row taken out, the rest moved up or not', async () => {
    await fc.assert(
      fc.asyncProperty(seqs, fc.boolean(), async (seq, up) => {
        const said = await undone(
          db,
          async (tx) => {
            await tx.deleteFrom('audit').where('seq', '=', seq).execute();
            for (const { seq: next } of up ? rows.slice(seq) : []) {
              await sql`update audit set seq = ${next - 1} where seq = ${next}`.execute(tx);
            }
          },
          (tx) => sentences(tx),
        );
        expect(said).not.toEqual([]);
      }),
    );
  });

  test('T39: any two rows exchanged, and any row put in', async () => {
    await fc.assert(
      fc.asyncProperty(seqs, seqs, async (a, b) => {
        fc.pre(a !== b);
        const order = rows.map((one) =>
          one.seq === a ? { ...row(b), seq: a } : one.seq === b ? { ...row(a), seq: b } : one,
        );
        expect(
          await undone(
            db,
            (tx) => rewrite(tx, order),
            (tx) => sentences(tx),
          ),
        ).not.toEqual([]);
        const added = [
          ...rows.slice(0, a),
          { ...row(b), seq: a + 1 },
          ...rows.slice(a).map((one) => ({ ...one, seq: one.seq + 1 })),
        ];
        expect(
          await undone(
            db,
            (tx) => rewrite(tx, added),
            (tx) => sentences(tx),
          ),
        ).not.toEqual([]);
      }),
    );
  });

  test('T39: the end cut off: by the head, and where that was moved with it, by a checkpoint alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: ROWS.length - 1 }), async (left) => {
        const cut = (tx: Kysely<Schema>) => tx.deleteFrom('audit').where('seq', '>', left).execute();
        expect(await undone(db, cut, (tx) => sentences(tx))).not.toEqual([]);
        const clean = (tx: Kysely<Schema>) => rewrite(tx, rows.slice(0, left));
        expect(await undone(db, clean, (tx) => sentences(tx))).toEqual([]);
        const seen = { seq: left + 1, hash: row(left + 1).hash, at: 0 };
        expect(await undone(db, clean, (tx) => sentences(tx, [seen]))).toEqual([
          `The audit was cut off after row ${left}: row ${left + 1} existed at 1970-01-01T00:00:00.000Z (line 1 of file).`,
        ]);
      }),
    );
  });

  test('a chain made anew from any row on, by any checkpoint behind it', async () => {
    await fc.assert(
      fc.asyncProperty(seqs, seqs, async (from, seen) => {
        const anew = chained(rows.map((one) => (one.seq === from ? { ...one, by: 'U9' } : one)));
        expect(
          await undone(
            db,
            (tx) => rewrite(tx, anew),
            (tx) => sentences(tx),
          ),
        ).toEqual([]);
        const said = await undone(
          db,
          (tx) => rewrite(tx, anew),
          (tx) => sentences(tx, [{ seq: seen, hash: row(seen).hash, at: 0 }]),
        );
        expect(said).toEqual(
          seen < from
            ? []
            : [
                `The audit was rewritten: row ${seen} is not the row ${seen} that existed at 1970-01-01T00:00:00.000Z (line 1 of file).`,
              ],
        );
      }),
    );
  });
});

describe('says what it is', () => {
  const said = async (deed: (db: Kysely<Schema>) => Promise<unknown>) => undone(db, deed, (tx) => sentences(tx));
  const tampered = (what: string): string => `The audit was tampered with: ${what}.`;

  test('T39: a fork: a row that continues an earlier one, or the beginning', async () => {
    const forked = (prev: string) => (tx: Kysely<Schema>) => rewrite(tx, [...rows.slice(0, 4), link(row(5), 5, prev)]);
    expect(await said(forked(row(2).hash))).toEqual([
      tampered('row 5 continues row 2 instead of row 4: the chain was forked there'),
    ]);
    expect(await said(forked(START))).toEqual([
      tampered('row 5 begins the chain anew instead of row 4: the chain was forked there'),
    ]);
    expect(await said(forked('f'.repeat(64)))).toEqual([tampered('row 5 does not continue the row before it')]);
  });

  test('each place of several, one sentence each', async () => {
    const deed = async (tx: Kysely<Schema>): Promise<void> => {
      await sql`update audit set detail = 'x' where seq = 2`.execute(tx);
      await sql`update audit set hash = ${'0'.repeat(64)} where seq = 4`.execute(tx);
      await sql`delete from audit where seq = 6`.execute(tx);
    };
    expect(await said(deed)).toEqual([
      tampered('row 2 was changed after it was written'),
      tampered('row 4 was changed after it was written'),
      tampered('row 6 is missing'),
    ]);
  });

  test('a second head, a head under another number, a head that is too large', async () => {
    const { hash } = await headOf(db);
    for (const deed of [sql`insert into audit_head values (2, 1, ${hash})`, sql`update audit_head set one = 2`]) {
      expect(await said((tx) => deed.execute(tx))).toEqual([
        tampered('more or other is noted of how it ends than netdiag notes'),
      ]);
    }
    const large = sql`update audit_head set seq = 9223372036854775807`;
    expect(await said((tx) => large.execute(tx))).toHaveLength(1);
  });
});
