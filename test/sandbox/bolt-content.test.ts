/* oxlint-disable unicorn/require-post-message-target-origin -- chat.postMessage is Slack's, not the window's */
import type { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { incidents, ona, plain, practise } from './practice.ts';
import type { Practice } from './practice.ts';

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });
const table = (rows: number): object => ({
  type: 'table',
  rows: many(rows, (i) => [{ type: 'raw_text', text: `${i}` }]),
});

/** What Slack says to a message of Bolt's client: `ok`, or the error. */
async function said(app: App, blocks: object[], text = 'x'): Promise<string> {
  try {
    await app.client.chat.postMessage({ channel: incidents, text, blocks: blocks as never });
    return 'ok';
  } catch (problem) {
    return problem instanceof Error && 'data' in problem ? (problem.data as { error: string }).error : String(problem);
  }
}

describe('what a message says', () => {
  test.each<[string, object[], string]>([
    ['50 blocks', many(50, () => ({ type: 'divider' })), 'ok'],
    ['60 blocks', many(60, () => ({ type: 'divider' })), 'invalid_blocks'],
    ['3,000 characters', [section('x'.repeat(3000))], 'ok'],
    ['3,001 characters', [section('x'.repeat(3001))], 'invalid_blocks'],
    ['100 rows', [table(100)], 'ok'],
    ['101 rows', [table(101)], 'invalid_blocks'],
    ['emoji, each one character', [section('🔥'.repeat(3000))], 'ok'],
    ['right to left', [section('شبكة العقدة ‏node-1‏')], 'ok'],
    ['a block that is not known', [{ type: 'data_visualization' }], 'invalid_blocks'],
  ])('%s', async (_what, blocks, answer) => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    expect(await said(app, blocks)).toBe(answer);
  });

  test('a broadcast is alive unless it was escaped', async () => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    await said(app, [section('&lt;!channel&gt;')]);
    expect(practice.workspace.record.markup).toEqual([]);
    await said(app, [section('<!channel>')]);
    expect(practice.workspace.record.markup).toMatchObject([{ kind: 'broadcast', target: 'channel' }]);
  });
});

describe('an external select of', () => {
  /** A message with the select, and what it offers for what was typed. */
  async function offered(
    practice: Practice,
    nodes: readonly string[],
    most: number,
    typed: string,
  ): Promise<unknown[]> {
    const app = await practice.bolt((bolt) =>
      bolt.options('node', async ({ ack, payload }) => {
        const fitting = nodes.filter((name) => name.includes(payload.value)).slice(0, most);
        await ack({ options: fitting.map((name) => ({ text: plain(name), value: name })) });
      }),
    );
    const elements = [{ type: 'external_select', action_id: 'node', min_query_length: 0 }];
    const message = { channel: incidents, text: 'which', blocks: [{ type: 'actions', elements }] as never };
    const { ts } = await app.client.chat.postMessage(message);
    const at = { user: ona, channel: incidents, message_ts: ts, action_id: 'node', typed };
    return (await practice.control('suggest', at))['options'] as unknown[];
  }
  const nodes = many(5000, (i) => `worker-${i}`);

  test.each([
    ['no node', [], 100, '', 0],
    ['5,000 nodes, of which 100 are shown', nodes, 100, '', 100],
    ['5,000 nodes, narrowed by typing', nodes, 100, 'worker-4999', 1],
  ])('%s', async (_what, all, most, typed, count) => {
    await using practice = await practise();
    expect(await offered(practice, all, most, typed)).toHaveLength(count);
    expect(practice.violations()).toEqual([]);
  });

  test('5,000 nodes, of which more than 100 come: none is shown, and that is a mistake of the app', async () => {
    await using practice = await practise();
    expect(await offered(practice, nodes, 101, '')).toEqual([]);
    expect(practice.violations()).toEqual(['error invalid_options']);
  });
});

describe('a file', () => {
  const upload = (app: App, file: Buffer, over: object = {}): Promise<string> =>
    app.client
      .filesUploadV2({ channel_id: incidents, file, filename: 'a.pcap', initial_comment: 'file', ...over })
      .then(
        () => 'ok',
        (problem: Error & { data?: { error?: string } }) => problem.data?.error ?? problem.message,
      );

  test('of 20 MB arrives whole', async () => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    const bytes = Buffer.alloc(20 * 1024 * 1024, 7);
    expect(await upload(app, bytes)).toBe('ok');
    const [id = ''] = (await practice.spoken('file')).files ?? [];
    expect(practice.workspace.files.get(id)?.bytes?.equals(bytes)).toBe(true);
    expect(practice.violations()).toEqual([]);
  });

  test('that is empty is refused', async () => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    expect(await upload(app, Buffer.alloc(0))).not.toBe('ok');
    expect(await practice.call('files.getUploadURLExternal', { filename: 'a', length: 0 })).toMatchObject({
      error: 'missing_argument',
    });
    expect(practice.workspace.messagesOf(incidents)).toEqual([]);
  });

  test('for a channel without the app is refused when it is completed', async () => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    expect(await upload(app, Buffer.from('a'), { channel_id: 'CGENERAL01' })).toBe('not_in_channel');
  });

  test('that is a snippet has at most 1 MB', async () => {
    await using practice = await practise();
    const announce = (length: number) =>
      practice.call('files.getUploadURLExternal', { filename: 'a.txt', length, snippet_type: 'text' });
    expect(await announce(1024 * 1024)).toMatchObject({ ok: true });
    expect(await announce(1024 * 1024 + 1)).toMatchObject({ error: 'snippet_too_large' });
  });

  test('that is slow to be shared comes after what was said later, and has no type until then', async () => {
    await using practice = await practise();
    practice.workspace.chaos.shareDelayMs = [150, 150];
    const app = await practice.bolt(() => {});
    expect(await upload(app, Buffer.from('a'))).toBe('ok');
    await app.client.chat.postMessage({ channel: incidents, text: 'said later' });
    const [file] = practice.workspace.files.values();
    expect(file).toMatchObject({ completed: true, processed: false, shares: [] });
    await practice.spoken('file');
    expect(practice.workspace.messagesOf(incidents).map((one) => one.text)).toEqual(['said later', 'file']);
    expect(file).toMatchObject({ processed: true });
  });
});
