import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { show, step } from '../../contract/journal.ts';
import { place } from './place.ts';

const script = join(import.meta.dirname, 'writer.ts');
const root = process.platform === 'linux' && process.getuid?.() === 0;

describe('a journal that several processes use', () => {
  let url: string;
  let directory: string;
  let remove: () => Promise<void>;
  const children: ChildProcessWithoutNullStreams[] = [];
  beforeEach(async () => {
    ({ path: directory, remove } = await place());
    url = `sqlite:${join(directory, 'journal.db')}`;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
    await remove();
  });

  const start = (command: string, argv: readonly string[]) => {
    const child = spawn(command, argv);
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaints += chunk.toString();
    });
    const next = async (): Promise<string | null> => {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    };
    const rest = async (): Promise<string[]> => {
      const all: string[] = [];
      for (let line = await next(); line !== null; line = await next()) all.push(line);
      expect(complaints).toBe('');
      return all;
    };
    return { child, next, rest };
  };

  test.each([3, 17, 40])(
    'kill -9 after %i acknowledged steps keeps each of them, whole',
    async (steps) => {
      const writers = ['a', 'b'].map((name) => ({ name, ...start(process.execPath, [script, 'write', url, name]) }));
      const acknowledged = await Promise.all(
        writers.map(async ({ name, child, next, rest }) => {
          let last = -1;
          while (last < steps) last = Number(await next());
          child.kill('SIGKILL');
          return { name, last: Math.max(last, ...(await rest()).map(Number)) };
        }),
      );
      const journal = await openJournal(url);
      try {
        for (const { name, last } of acknowledged) {
          const version = (await journal.load(name))?.version ?? 0;
          expect(version).toBeGreaterThan(last);
          expect(await journal.events(name)).toHaveLength(version);
          expect(await journal.audit(name)).toHaveLength(version);
        }
        const effects = await journal.lease('after', 1_000_000, 1, 100_000);
        const versions = await Promise.all(
          acknowledged.map(async ({ name }) => (await journal.load(name))?.version ?? 0),
        );
        expect(effects).toHaveLength(versions.reduce((sum, version) => sum + version, 0));
        expect((await journal.verifyAudit()).intact).toBe(true);
        expect(await journal.advance(step('a', 0, { inbox: `a ${steps}` }))).toBe('seen');
      } finally {
        await journal.close();
      }
    },
    30_000,
  );

  test('workers in two processes never hold the same effect', async () => {
    const keys = Array.from({ length: 300 }, (_, at) => `e${at}`);
    const journal = await openJournal(url);
    try {
      await journal.advance(step('i1', 0, { effects: keys.map(show) }));
      const workers = ['one', 'two'].map((name) => start(process.execPath, [script, 'lease', url, name]));
      for (const { next } of workers) expect(await next()).toBe('ready');
      for (const { child } of workers) child.stdin.end('go\n');
      const taken = await Promise.all(workers.map(({ rest }) => rest()));
      expect(taken.flat().toSorted()).toEqual(keys.map((key) => `${key} 1`).toSorted());
    } finally {
      await journal.close();
    }
  }, 30_000);

  /** Runs a command on a file system of its own that vanishes with it. */
  const mounted = (options: string, then: string) =>
    start('unshare', [
      '-m',
      'sh',
      '-ec',
      `mount -t tmpfs -o ${options} none "$1"; shift; ${then}`,
      'sh',
      directory,
      process.execPath,
      script,
      url,
    ]);

  test.skipIf(!root)(
    'a full disk is one clear sentence, and reading goes on (needs root and Linux)',
    async () => {
      const said = await mounted('size=1m', 'exec "$1" "$2" fill "$3"').rest();
      expect(said[0]).toMatch(
        /^JournalError: The disk under the journal .+ is full\. Make room; nothing of this step was written\.$/,
      );
      expect(said[1]).toBe('still reading: 0');
    },
    30_000,
  );

  test.skipIf(!root)(
    'a read-only file system is one clear sentence (needs root and Linux)',
    async () => {
      const journal = await openJournal(url);
      await journal.close();
      const readOnly = start('unshare', [
        '-m',
        'sh',
        '-ec',
        'mount --bind -o ro "$1" "$1"; shift; exec "$1" "$2" fill "$3" 2>&1',
        'sh',
        directory,
        process.execPath,
        script,
        url,
      ]);
      expect((await readOnly.rest()).join('\n')).toMatch(
        /JournalError: The journal .+ (cannot be written: the file or its file system is read-only|cannot be opened)/,
      );
    },
    30_000,
  );
});
