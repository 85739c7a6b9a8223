import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { batch } from '../../../src/adapter/ssh/batch.ts';

const TIDY = /^ *trap 'exit 1' HUP INT TERM PIPE\n/m;

/** Runs a batch whose reader went away before it wrote its first line; gives the directories that it left. */
async function unread(change: (program: string) => string): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-batch-'));
  const { program } = batch([{ argv: ['true'] }], '0123456789abcdef', 'root');
  const here = change(program).replaceAll('/dev/shm', directory);
  const child = spawn('sh', ['-c', here], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.destroy();
  await once(child, 'exit');
  const left = readdirSync(directory);
  rmSync(directory, { recursive: true });
  return left;
}

describe.skipIf(process.platform !== 'linux')('a batch whose session is gone before it begins', () => {
  test('leaves no directory', async () => {
    expect(await unread((program) => program)).toEqual([]);
  });

  test('would leave one if it did not tidy up at a broken pipe', async () => {
    expect(await unread((program) => program.replace(TIDY, ''))).toHaveLength(1);
  });
});
