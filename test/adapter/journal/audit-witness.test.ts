import { existsSync } from 'node:fs';
import { appendFile, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AuditWitness,
  channelWitness,
  fileWitness,
  WitnessedAudit,
} from '../../../src/adapter/journal/audit-witness.ts';
import { watchAudit } from '../../../src/adapter/journal/audit-watch.ts';
import { readCheckpoints } from '../../../src/adapter/journal/audit-checkpoint.ts';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { step } from '../../contract/journal.ts';
import { ROWS } from './audit-database.ts';
import { place } from './place.ts';

const head = (seq: number, digit = 'a') => ({ seq, hash: digit.repeat(64) });
const MINUTE = 60_000;

describe('a file of checkpoints', () => {
  let file: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    const made = await place();
    file = join(made.path, 'checkpoints');
    remove = made.remove;
  });
  afterEach(() => remove());

  test('grows by whole lines that only its owner may read, and gives back the last', async () => {
    const witness = fileWitness(file);
    expect(await witness.last()).toBeNull();
    await witness.keep({ ...head(1), at: 5 });
    await witness.keep({ ...head(2, 'b'), at: 6 });
    expect(await witness.last()).toMatchObject({ ...head(2, 'b'), at: 6 });
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('goes on in a new line after one that was cut off', async () => {
    await writeFile(file, '{"netdiag":"audit-ch');
    await fileWitness(file).keep({ ...head(1), at: 5 });
    const { checkpoints, complaints } = readCheckpoints('f', await readFile(file, 'utf8'));
    expect(checkpoints).toHaveLength(1);
    expect(complaints.map(({ sentence }) => sentence)).toEqual([
      'Line 1 of f is not a checkpoint: it was changed or cut off.',
    ]);
  });

  test('is never a link to another file', async () => {
    await symlink(join(file, '..', 'elsewhere'), file);
    await expect(fileWitness(file).keep({ ...head(1), at: 5 })).rejects.toThrow('ELOOP');
    expect(existsSync(join(file, '..', 'elsewhere'))).toBe(false);
  });

  test('follows a journal, and knows after a restart one that was cut off and goes on', async () => {
    const journal = await openJournal('sqlite::memory:');
    const clock = {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) =>
        new Promise<void>((done) => {
          if (signal?.aborted === true) done();
          else signal?.addEventListener('abort', () => done());
        }),
    };
    const alarms: string[] = [];
    const alarm = (sentence: string): number => alarms.push(sentence);
    await journal.advance(step('i1', 0, { audit: ROWS }));
    await (await watchAudit(journal, [fileWitness(file)], clock, alarm)).stop();
    await journal.advance(step('i1', 1, { audit: ROWS }));
    await (await watchAudit(journal, [fileWitness(file)], clock, alarm)).stop();
    expect(alarms).toEqual([]);
    expect(readCheckpoints('f', await readFile(file, 'utf8')).checkpoints.map(({ seq }) => seq)).toEqual([7, 14]);

    const older = await openJournal('sqlite::memory:');
    await older.advance(step('i1', 0, { audit: ROWS }));
    await (await watchAudit(older, [fileWitness(file)], clock, alarm)).stop();
    expect(alarms).toEqual([
      expect.stringMatching(/does not contain the checkpoint of row 14 .* put back from a copy/),
    ]);
    await Promise.all([journal.close(), older.close()]);
  });

  test('that holds something else is said, and what is kept from then on is kept', async () => {
    await appendFile(
      file,
      `netdiag audit checkpoint: row 3, hash ${'c'.repeat(64)}, 2026-11-20T10:00:00.000Z\nnonsense\n`,
    );
    const { checkpoints, complaints } = readCheckpoints('f', await readFile(file, 'utf8'));
    expect(checkpoints).toEqual([{ ...head(3, 'c'), at: Date.parse('2026-11-20T10:00:00Z'), where: 'line 1 of f' }]);
    expect(complaints).toHaveLength(1);
  });
});

describe('a witness', () => {
  const kept: number[] = [];
  let failing = false;
  const witness: AuditWitness = {
    ...channelWitness('#audit', async () => undefined),
    keep: async ({ seq }) => {
      if (failing) throw new Error('no such channel');
      kept.push(seq);
    },
  };
  beforeEach(() => {
    kept.length = 0;
    failing = false;
  });

  test('keeps the first row at once, then every 500, or after an hour in which something was written', async () => {
    const one = new WitnessedAudit(witness);
    await one.look(head(0), 0);
    await one.look(head(1), 1);
    await one.look(head(2, 'b'), 2);
    await one.look(head(501, 'c'), 3);
    await one.look(head(502, 'd'), 4);
    await one.look(head(502, 'd'), 4 + 60 * MINUTE);
    await one.look(head(502, 'd'), 4 + 600 * MINUTE);
    expect(kept).toEqual([1, 501, 502]);
  });

  test('T39: is spoken of once when it fails for two minutes, and again after it has kept one', async () => {
    const one = new WitnessedAudit(witness);
    failing = true;
    const said = [];
    for (let minute = 0; minute < 6; minute += 1) said.push(await one.look(head(1), minute * MINUTE));
    expect(said.filter((sentence) => sentence !== null)).toEqual([
      '1 row of the audit has no checkpoint in #audit: no such channel. Make it writable; nothing else vouches for it.',
    ]);
    expect(said[1]).toBeNull();
    failing = false;
    expect(await one.look(head(1), 7 * MINUTE)).toBeNull();
    expect(kept).toEqual([1]);
  });
});
