import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { incidents, practise } from '../practice.ts';
import type { Practice } from '../practice.ts';
import { compare } from './compare.ts';
import type { Asked } from './compare.ts';
import { goldens } from './golden.ts';

const run = promisify(execFile);
const script = new URL('./slack-contract.ts', import.meta.url).pathname;

function asking(practice: Practice, channel?: string): Asked {
  practice.workspace.rates.enabled = false;
  return {
    channel,
    paceMs: 0,
    call: async (method, args) => {
      const { status, retryAfter, ...body } = await practice.call(method, args);
      return { status: Number(status), retryAfter: Number(retryAfter ?? 0), body };
    },
  };
}

describe('the golden payloads', () => {
  test('are what netdiag sends, every block type, and each limit on both sides', () => {
    const names = goldens().map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const start of [
      'netdiag/found/modern',
      'netdiag/wanted/classic',
      'netdiag/form/',
      'netdiag/home/',
      'block/plan',
    ])
      expect(names.some((name) => name.startsWith(start))).toBe(true);
    const sent = goldens().filter(({ name }) => name.startsWith('netdiag/'));
    expect(sent.flatMap((one) => one.ours)).toEqual([]);
    const over = goldens().filter(({ name }) => name.endsWith('/over'));
    expect(over.filter((one) => one.ours.length === 0)).toEqual([]);
  });
});

describe('a comparison', { timeout: 30_000 }, () => {
  test('with our own workspace finds no difference, and leaves the channel as it was', async () => {
    await using practice = await practise();
    const verdicts = await compare(goldens(), asking(practice, incidents));
    expect(verdicts.filter((one) => !one.agrees)).toEqual([]);
    expect(new Set(verdicts.map((one) => one.method))).toEqual(new Set(['blocks.validate', 'chat.postMessage']));
    expect(practice.workspace.messagesOf(incidents)).toEqual([]);
  });

  test('with one that decides otherwise names what differs, and waits when it is told to', async () => {
    await using practice = await practise();
    await practice.control('chaos', { refuseBlockTypes: ['plan'] });
    await practice.control('chaos', { faults: [{ method: 'blocks.validate', kind: 'too_many', times: 2 }] });
    const some = goldens().filter(({ name }) => /^block\/(plan|divider)$/.test(name));
    const verdicts = await compare(some, asking(practice));
    expect(verdicts.map(({ name, agrees }) => [name, agrees])).toEqual([
      ['block/divider', true],
      ['block/plan', false],
    ]);
  });
});

describe('the script', { timeout: 30_000 }, () => {
  test('without a token says in one line that nothing was compared', async () => {
    const { stdout, stderr } = await run(process.execPath, [script], { env: {} });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^skipped: real Slack is not compared, SLACK_BOT_TOKEN is not set\. .*\n$/);
  });

  test('asks our own workspace and records every verdict with its date', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'netdiag-contract-'));
    try {
      const to = join(scratch, 'verdicts.json');
      const { stdout } = await run(process.execPath, [script, '--practice', '--to', to], { env: {} });
      expect(stdout).toMatch(/^the practice workspace: \d+ verdicts, 0 differ from ours; recorded in /);
      expect(JSON.parse(readFileSync(to, 'utf8'))).toMatchObject({ date: expect.stringMatching(/^\d{4}-/), differ: 0 });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
