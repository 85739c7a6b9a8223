import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Announcement } from '../../src/sandbox/announce.ts';

const main = new URL('../../src/sandbox/main.ts', import.meta.url).pathname;

function start(...flags: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main, ...flags], { stdio: 'pipe' });
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<Announcement> {
  let text = '';
  for await (const part of child.stdout) {
    text += String(part);
    if (text.includes('\n')) return JSON.parse(text) as Announcement;
  }
  throw new Error('ended without a line');
}

async function failure(...flags: string[]): Promise<{ code: number; said: string }> {
  const child = start(...flags);
  let said = '';
  child.stderr.on('data', (part) => (said += String(part)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

describe('the process', () => {
  test('prints one line with all that is needed, and ends when its stdin closes', async () => {
    const child = start();
    const said = await firstLine(child);
    expect(said).toMatchObject({
      team: 'TPRACTICE1',
      channel: 'CINCIDENTS',
      users: { requester: 'UONCALL01', approver: 'USECOND01', otherApprover: 'UTHIRD001', bystander: 'UBYSTAND1' },
    });
    expect(said.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?key=[0-9a-f]{48}$/);
    expect(said.slackApiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/$/);
    expect((await fetch(said.url)).status).toBe(200);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends on SIGTERM, and has new secrets at every start', async () => {
    const children = [start(), start()];
    const [one, two] = await Promise.all(children.map(firstLine));
    expect(one?.botToken).not.toBe(two?.botToken);
    expect(one?.controlKey).not.toBe(two?.controlKey);
    for (const child of children) child.kill('SIGTERM');
    expect(await Promise.all(children.map((child) => once(child, 'exit')))).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  test('says in one sentence why it did not start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'practice-'));
    try {
      const tour = join(folder, 'tour.json');
      writeFileSync(tour, '[{"node": "a"}]');
      const wrong = await Promise.all([
        failure('--port', 'x'),
        failure('--manifest', join(folder, 'none.yml')),
        failure('--tour', tour),
        failure('--nope'),
      ]);
      for (const { code, said } of wrong) {
        expect(code).toBe(2);
        expect(said.trim().split('\n')).toHaveLength(1);
        expect(said).toContain('The practice workspace did not start: ');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
