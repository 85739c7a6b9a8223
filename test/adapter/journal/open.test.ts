import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { JournalError } from '../../../src/port.ts';
import { step } from '../../contract/journal.ts';
import { place } from './place.ts';

describe('opening a journal', () => {
  let directory: string;
  let file: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ path: directory, remove } = await place());
    file = join(directory, 'journal.db');
  });
  afterEach(() => remove());

  const refusal = async (url: string): Promise<string> => {
    const refused = await openJournal(url).then(
      async (journal) => {
        await journal.close();
        return null;
      },
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(JournalError);
    return refused instanceof Error ? refused.message : '';
  };
  const inside = <T>(work: (db: DatabaseSync) => T): T => {
    const db = new DatabaseSync(file);
    try {
      return work(db);
    } finally {
      db.close();
    }
  };

  test('makes the file and its directory, for its owner only', async () => {
    const path = join(directory, 'deep', 'er', 'journal.db');
    await (await openJournal(`sqlite:${path}`)).close();
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(directory, 'deep')).mode & 0o077).toBe(0);
  });

  test('writes ahead, and syncs every commit', async () => {
    const journal = await openJournal(`sqlite:${file}`);
    try {
      expect(inside((db) => db.prepare('pragma journal_mode').get())).toEqual({ journal_mode: 'wal' });
      expect(statSync(`${file}-wal`).mode & 0o077).toBe(0);
    } finally {
      await journal.close();
    }
  });

  test('again finds what is there and leaves it', async () => {
    const first = await openJournal(`sqlite:${file}`);
    await first.advance(step('i1', 0));
    await first.close();
    const second = await openJournal(`sqlite:${file}`);
    expect((await second.load('i1'))?.version).toBe(1);
    await second.close();
  });

  test('by several at once makes one schema', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openJournal(`sqlite:${file}`)));
    expect(inside((db) => db.prepare('select * from schema_version').all())).toHaveLength(1);
    await Promise.all(all.map((journal) => journal.close()));
  });

  test('a path with odd characters is a path', async () => {
    const odd = join(directory, 'file:x?mode=memory %41 \u202e$(id)');
    await (await openJournal(`sqlite:${odd}`)).close();
    expect(statSync(odd).isFile()).toBe(true);
  });

  test.each(['', 'sqlite:', 'postgres://user:secret@host/db', 'journal.db', 'sqlite:a\0b'])(
    'refuses the url %j without repeating it',
    async (url) => {
      const sentence = await refusal(url);
      expect(sentence).toMatch(/neither sqlite:PATH nor sqlite::memory:/);
      expect(sentence).not.toContain('secret');
    },
  );

  test.each([99, -1])('refuses schema version %i and leaves it', async (version) => {
    await (await openJournal(`sqlite:${file}`)).close();
    inside((db) => db.prepare('update schema_version set version = ?').run(version));
    const before = inside((db) => db.prepare('select * from schema_version').all());
    expect(await refusal(`sqlite:${file}`)).toContain(`has schema version ${version}; this netdiag knows 1.`);
    expect(inside((db) => db.prepare('select * from schema_version').all())).toEqual(before);
  });

  test("refuses another program's database and leaves it", async () => {
    inside((db) => db.exec('create table cookies (name text)'));
    expect(await refusal(`sqlite:${file}`)).toMatch(/not a netdiag journal. Nothing was written/);
    expect(inside((db) => db.prepare('select name from sqlite_master').all())).toEqual([{ name: 'cookies' }]);
  });

  test('refuses a file that is no database and leaves it', async () => {
    writeFileSync(file, 'Dear diary, '.repeat(500));
    expect(await refusal(`sqlite:${file}`)).toMatch(/is not a journal, it is some other file/);
    expect(readFileSync(file, 'utf8')).toBe('Dear diary, '.repeat(500));
  });

  test('refuses a directory, and a path below a file', async () => {
    expect(await refusal(`sqlite:${directory}`)).toMatch(/cannot be opened/);
    writeFileSync(file, '');
    expect(await refusal(`sqlite:${join(file, 'journal.db')}`)).toMatch(/cannot be opened: (ENOTDIR|EEXIST)/);
  });

  test('a damaged file is one clear sentence', async () => {
    const journal = await openJournal(`sqlite:${file}`);
    for (let at = 0; at < 200; at += 1) await journal.receive(`key ${at}`, 'x'.repeat(500), at);
    await journal.close();
    const size = statSync(file).size;
    const handle = openSync(file, 'r+');
    for (let page = 4_096; page < size; page += 4_096) writeSync(handle, new Uint8Array(200).fill(0xa5), 0, 200, page);
    closeSync(handle);
    const look = async () => {
      const damaged = await openJournal(`sqlite:${file}`);
      try {
        return await damaged.unhandled();
      } finally {
        await damaged.close();
      }
    };
    await expect(look()).rejects.toThrow(JournalError);
    await expect(look()).rejects.toThrow(/is damaged/);
  });

  test('a file that another process keeps locked is one clear sentence, and works again when it is free', async () => {
    const journal = await openJournal(`sqlite:${file}`);
    const holder = new DatabaseSync(file);
    try {
      holder.exec('begin immediate');
      await expect(journal.advance(step('i1', 0))).rejects.toThrow(/stayed locked by another process for 5000 ms/);
      expect(await journal.load('i1'), 'reading goes on').toBeNull();
      const waiting = journal.advance(step('i1', 0));
      holder.exec('rollback');
      expect(await waiting).toBe('written');
    } finally {
      holder.close();
      await journal.close();
    }
  }, 20_000);
});
