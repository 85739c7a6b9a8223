import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../src/adapter/journal/index.ts';
import { checkpointLine, checkpointMessage } from '../../src/adapter/journal/audit-checkpoint.ts';
import { audit } from '../../src/cli/audit.ts';
import { auditPlace, auditRequest } from '../../src/cli/audit-request.ts';
import { ROWS } from '../adapter/journal/audit-database.ts';
import { step } from '../contract/journal.ts';

let directory: string;
let journal: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netdiag-cli-audit-'));
  journal = `sqlite:${join(directory, 'journal.db')}`;
  const made = await openJournal(journal);
  await made.advance(step('i1', 0, { audit: ROWS }));
  await made.close();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = async (args: readonly string[]) => {
  const request = auditRequest(args);
  if (typeof request === 'string') throw new Error(request);
  const [out, err]: string[][] = [[], []];
  const place = auditPlace(request, () => ({ journal: { url: journal }, audit: { checkpointFile: null } }));
  const status = await audit(request, place, { out: (text) => out!.push(text), err: (text) => err!.push(text) });
  return { status, out: out!.join(''), err: err!.join('') };
};
const lastHash = async (): Promise<string> => {
  const opened = await openJournal(journal);
  const { hash } = await opened.auditHead();
  await opened.close();
  return hash;
};
const exec = (statement: string): void => {
  const db = new DatabaseSync(join(directory, 'journal.db'));
  db.exec(statement);
  db.close();
};

describe('verify', () => {
  test('a whole audit: rows, last hash, and how far the checkpoints reach; nothing is left beside the journal', async () => {
    expect(await run(['verify'])).toEqual({
      status: 0,
      err: '',
      out: `The audit is whole: 7 rows, the last hash is ${await lastHash()}. No checkpoints were compared, so nobody but the journal vouches for its end.\n`,
    });
    expect(readdirSync(directory)).toEqual(['journal.db']);
    const seen = { seq: 7, hash: await lastHash(), at: 0 };
    writeFileSync(join(directory, 'file'), `${checkpointLine(seen)}\n`);
    writeFileSync(
      join(directory, 'copied'),
      `netdiag APP 10:00\n${checkpointMessage(seen)}\n`.split('\n').slice(1).join('\n'),
    );
    const files = ['file', 'copied'].flatMap((name) => ['--checkpoints', join(directory, name)]);
    expect(await run(['verify', '--journal', join(directory, 'journal.db'), ...files])).toMatchObject({
      status: 0,
      out: expect.stringContaining('2 checkpoints fit, up to its last row.'),
    });
  });

  test('says who approved alone, and what nobody has reviewed', async () => {
    const row = { at: 1_700_000_000_000, incident: 'i9', by: 'UONCALL' };
    const broken = (plan: string) => ({
      ...row,
      what: 'broke-glass',
      detail: `plan ${plan} hash 00 all are \u001b[2J`,
    });
    const other = await openJournal(journal);
    await other.note(broken('aa'));
    await other.note(broken('bb'));
    await other.note({ ...row, by: 'USECOND', what: 'reviewed', detail: 'plan aa, approved alone by UONCALL' });
    await other.close();
    const { out } = await run(['verify']);
    expect(out.split('\n').slice(1)).toEqual([
      'Glass was broken 2 times; 1 not reviewed.',
      'Not reviewed: UONCALL approved alone at 2023-11-14T22:13:20.000Z, incident i9, plan bb hash 00 all are \\x1b[2J',
      '',
    ]);
  });

  test('while netdiag works with the journal', async () => {
    const other = await openJournal(journal);
    await other.advance(step('i2', 0, { audit: ROWS }));
    expect(await run(['verify'])).toMatchObject({ status: 0, out: expect.stringContaining('14 rows') });
    await other.close();
  });

  test('a row that was changed, an end that was cut off, checkpoints that are none', async () => {
    writeFileSync(join(directory, 'file'), `${checkpointLine({ seq: 9, hash: 'a'.repeat(64), at: 0 })}\n\u001b[2J\n`);
    exec(`update audit set detail = 'x' where seq = 3`);
    const { status, err } = await run(['verify', '--checkpoints', join(directory, 'file')]);
    expect(status).toBe(1);
    expect(err.replaceAll(directory, 'D').split('\n')).toEqual([
      'The audit was tampered with: row 3 was changed after it was written.',
      'The audit was cut off after row 7: rows 8 to 9 existed at 1970-01-01T00:00:00.000Z (line 1 of D/file).',
      'Line 2 of D/file is not a checkpoint: it was changed or cut off.',
      '',
    ]);
  });

  test('a journal that is not there, or is something else, is never made', async () => {
    await expect(run(['verify', '--journal', join(directory, 'other.db')])).rejects.toThrow(/There is no journal/);
    writeFileSync(join(directory, 'other.db'), 'not a database, but long enough to be taken for one'.repeat(20));
    await expect(run(['verify', '--journal', join(directory, 'other.db')])).rejects.toThrow(/is not a journal/);
    new DatabaseSync(join(directory, 'empty.db')).exec('create table x (y)');
    await expect(run(['verify', '--journal', join(directory, 'empty.db')])).rejects.toThrow(/not a journal of netdiag/);
    await expect(run(['verify', '--checkpoints', join(directory, 'none')])).rejects.toThrow(
      /cannot be read \(ENOENT\)/,
    );
    expect(readdirSync(directory).toSorted()).toEqual(['empty.db', 'journal.db', 'other.db']);
  });
});

describe('export', () => {
  test('every row on its line, in both forms, and from a time on', async () => {
    const { status, out } = await run(['export']);
    expect(status).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq),
    ).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const csv = await run(['export', '--csv']);
    expect(csv.out.split('\r\n')).toHaveLength(9);
    expect((await run(['export', '--since', '1970-01-01T00:00:01.009Z'])).out.trim().split('\n')).toHaveLength(2);
  });

  test('of an audit that was tampered with: what can be written, and a complaint', async () => {
    exec(`update audit set what = x'00' where seq = 2`);
    const { status, out, err } = await run(['export']);
    expect(status).toBe(1);
    expect(out.trim().split('\n')).toHaveLength(6);
    expect(err).toMatch(/row 2 holds something in what/);
  });
});

test.each([
  [[], /two words/],
  [['prune'], /two words/],
  [['verify', '--csv'], /Unknown option/],
  [['export', '--json', '--csv'], /not both/],
  [['export', '--since', 'yesterday'], /--since wants/],
  [['export', '--since', '2026-13-40'], /--since wants/],
])('%j is wrong usage', (args, sentence) => {
  expect(auditRequest(args)).toMatch(sentence);
});

test('what is configured is used where nothing is typed, and its checkpoints beside the typed ones', () => {
  const configured = () => ({ journal: { url: 'sqlite:/j' }, audit: { checkpointFile: '/c' } });
  const place = (args: readonly string[]) => auditPlace(auditRequest(args) as never, configured);
  expect(place(['verify', '--checkpoints', '/d'])).toEqual({ journal: 'sqlite:/j', checkpoints: ['/c', '/d'] });
  expect(place(['verify', '--journal', '/k'])).toEqual({ journal: 'sqlite:/k', checkpoints: [] });
});
