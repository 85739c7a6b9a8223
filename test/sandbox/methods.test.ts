import { describe, expect, test } from 'vitest';
import { button, incidents, manifest, ona, plain, practise, sam, until } from './practice.ts';
import type { Practice } from './practice.ts';

const withScopes = (...botScopes: string[]): { manifest: typeof manifest } => ({
  manifest: { ...manifest, botScopes },
});

describe('blocks.validate', () => {
  test('says nothing of blocks that are right, in each of its three forms', async () => {
    await using practice = await practise();
    const blocks = [{ type: 'divider' }];
    for (const args of [{ blocks }, { message: { blocks } }, { view: { type: 'modal', title: plain('t'), blocks } }])
      expect(await practice.call('blocks.validate', args)).toEqual({ status: 200, ok: true });
    expect(practice.workspace.messagesOf(incidents)).toEqual([]);
  });

  test('points at each fault', async () => {
    await using practice = await practise();
    const blocks = [{ type: 'header', text: plain('x'.repeat(151)) }, { type: 'nope' }];
    const errors = [
      { pointer: '/0/text/text', code: 'length', message: 'must be less than 151 characters' },
      { pointer: '/1/type', code: 'unsupported_type', message: 'unsupported type: nope' },
    ];
    expect(await practice.call('blocks.validate', { blocks })).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      errors,
    });
    const inMessage = await practice.call('blocks.validate', { message: { blocks } });
    expect(inMessage['errors']).toMatchObject([{ pointer: '/blocks/0/text/text' }, { pointer: '/blocks/1/type' }]);
  });

  test('wants exactly one of them', async () => {
    await using practice = await practise();
    for (const args of [{}, { blocks: [], message: { blocks: [] } }])
      expect(await practice.call('blocks.validate', args)).toMatchObject({ error: 'invalid_arguments' });
  });
});

describe('assistant.threads.setStatus', () => {
  const status = (practice: Practice, over: object) =>
    practice.call('assistant.threads.setStatus', { channel_id: incidents, status: 'is looking', ...over });

  test('is shown in the thread until the app says something there', async () => {
    await using practice = await practise();
    const told: string[] = [];
    practice.workspace.feed.listen((change) => void (change.kind === 'status' && told.push(change.text)));
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'root' });
    expect(await status(practice, { thread_ts: ts })).toMatchObject({ ok: true });
    await practice.call('chat.postMessage', { channel: incidents, text: 'done', thread_ts: ts });
    expect(told).toEqual(['is looking', '']);
  });

  test('is refused without a thread, and with more than ten lines', async () => {
    await using practice = await practise();
    expect(await status(practice, { thread_ts: '1.000001' })).toMatchObject({ error: 'thread_not_found' });
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'root' });
    const lines = (count: number): string[] => Array.from({ length: count }, () => 'a');
    expect(await status(practice, { thread_ts: ts, loading_messages: lines(10) })).toMatchObject({ ok: true });
    expect(await status(practice, { thread_ts: ts, loading_messages: lines(11) })).toMatchObject({ ok: false });
  });
});

describe('conversations', () => {
  test('join: a public channel, once; a private one never', async () => {
    await using practice = await practise();
    const join = (channel: string) => practice.call('conversations.join', { channel });
    expect(await join('CGENERAL01')).toMatchObject({ ok: true, channel: { is_member: true } });
    expect(await join('CGENERAL01')).toMatchObject({ ok: true, warning: 'already_in_channel' });
    expect(await practice.call('chat.postMessage', { channel: 'CGENERAL01', text: 'here' })).toMatchObject({
      ok: true,
    });
    expect(await join('CPLATFORM1')).toMatchObject({ error: 'method_not_supported_for_channel_type' });
  });

  test('open: the conversation with one person, which is the one that the person writes in', async () => {
    await using practice = await practise();
    const opened = await practice.call('conversations.open', { users: ona });
    expect(opened).toMatchObject({ ok: true, channel: { id: 'DONCALL01' } });
    expect(await practice.call('chat.postMessage', { channel: ona, text: 'for you' })).toMatchObject({
      channel: 'DONCALL01',
    });
    expect(await practice.call('conversations.open', { users: `${ona},${sam}` })).toMatchObject({ ok: false });
    expect(await practice.call('conversations.open', {})).toMatchObject({ error: 'users_list_not_supplied' });
    expect(await practice.call('conversations.open', { users: 'UNETDIAG1' })).toMatchObject({
      error: 'channel_not_found',
    });
  });

  test('history: newest first, without replies and whispers, and only with its scope and in the channel', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'first' });
    await practice.call('chat.postMessage', { channel: incidents, text: 'reply', thread_ts: ts });
    await practice.call('chat.postEphemeral', { channel: incidents, user: ona, text: 'whisper' });
    await practice.call('chat.postMessage', { channel: incidents, text: 'second' });
    const history = (args: object) => practice.call('conversations.history', { channel: incidents, ...args });
    expect((await history({}))['messages']).toMatchObject([{ text: 'second' }, { text: 'first' }]);
    expect(await history({ oldest: ts })).toMatchObject({ messages: [{ text: 'second' }], has_more: false });
    expect(await history({ oldest: ts, inclusive: true, limit: 1 })).toMatchObject({ messages: [{}], has_more: true });
    expect(await history({ channel: 'CGENERAL01' })).toMatchObject({ error: 'not_in_channel' });
    await using other = await practise(withScopes('chat:write', 'im:history'));
    expect(await other.call('conversations.history', { channel: incidents })).toMatchObject({
      needed: 'channels:history',
    });
  });

  test("users.conversations: the app's own, by kind and by scope", async () => {
    await using practice = await practise();
    const names = async (args: object): Promise<unknown[]> =>
      ((await practice.call('users.conversations', args))['channels'] as { name?: string; id: string }[]).map(
        ({ name, id }) => name ?? id,
      );
    expect(await names({})).toEqual(['incidents', 'shared-with-partner']);
    expect(await names({ types: 'private_channel' })).toEqual(['platform-private']);
    expect(await names({ types: 'im', user: ona })).toEqual(['DONCALL01']);
    expect(await names({ user: ona })).toContain('general');
    await using other = await practise(withScopes('channels:read'));
    expect(await other.call('users.conversations', { types: 'im' })).toMatchObject({ channels: [] });
  });
});

describe('chat:write.public', () => {
  test('lets the app post into public channels without being there, but share no files', async () => {
    await using practice = await practise(withScopes('chat:write', 'chat:write.public', 'files:write'));
    const post = (channel: string) => practice.call('chat.postMessage', { channel, text: 'a' });
    expect(await post('CGENERAL01')).toMatchObject({ ok: true });
    practice.workspace.channels.get('CPLATFORM1')?.members.delete('UNETDIAG1');
    expect(await post('CPLATFORM1')).toMatchObject({ error: 'channel_not_found' });
    const { url, id } = await announced(practice);
    await fetch(url, { method: 'POST', body: 'a' });
    const files = [{ id }];
    expect(await practice.call('files.completeUploadExternal', { files, channel_id: 'CGENERAL01' })).toMatchObject({
      error: 'not_in_channel',
    });
    await using without = await practise(withScopes('chat:write'));
    expect(await without.call('chat.postMessage', { channel: 'CGENERAL01', text: 'a' })).toMatchObject({
      error: 'not_in_channel',
    });
  });
});

describe('views', () => {
  const modal = (over: object = {}): object => ({
    type: 'modal',
    title: plain('t'),
    blocks: [{ type: 'divider' }],
    ...over,
  });
  const open = (practice: Practice, view: object, user = ona) =>
    practice.call('views.open', { trigger_id: practice.workspace.triggers.issue(user), view });

  test('an external_id belongs to one open view', async () => {
    await using practice = await practise();
    expect(await open(practice, modal({ external_id: 'one' }))).toMatchObject({ ok: true });
    expect(await open(practice, modal({ external_id: 'one' }), sam)).toMatchObject({ error: 'duplicate_external_id' });
    await practice.control('close', { user: ona });
    expect(await open(practice, modal({ external_id: 'one' }), sam)).toMatchObject({ ok: true });
  });

  test('a trigger lives three seconds and opens one view', async () => {
    let now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    const late = practice.workspace.triggers.issue(ona);
    now += 3001;
    expect(await practice.call('views.open', { trigger_id: late, view: modal() })).toMatchObject({
      error: 'expired_trigger_id',
    });
    const trigger = practice.workspace.triggers.issue(ona);
    now += 3000;
    expect(await practice.call('views.open', { trigger_id: trigger, view: modal() })).toMatchObject({ ok: true });
    expect(await practice.call('views.push', { trigger_id: trigger, view: modal() })).toMatchObject({
      error: 'exchanged_trigger_id',
    });
  });

  test('the Home tab is published only where the manifest has one', async () => {
    const view = { type: 'home', blocks: [{ type: 'divider' }] };
    await using practice = await practise();
    const published = await practice.call('views.publish', { user_id: ona, view });
    expect(published).toMatchObject({ ok: true });
    expect(await practice.call('views.publish', { user_id: ona, view, hash: 'old' })).toMatchObject({
      error: 'hash_conflict',
    });
    await using without = await practise({ manifest: { ...manifest, homeTab: false } });
    expect(await without.call('views.publish', { user_id: ona, view })).toMatchObject({ error: 'not_enabled' });
  });

  test('that ask for it bring an address to answer in the chosen channel', async () => {
    await using practice = await practise();
    const told: unknown[] = [];
    await practice.bolt((app) =>
      app.view('where', async ({ ack, body }) => {
        told.push('response_urls' in body ? body.response_urls?.[0] : undefined);
        await ack();
      }),
    );
    const element = { type: 'conversations_select', action_id: 'it', response_url_enabled: true };
    const blocks = [{ type: 'input', block_id: 'place', label: plain('Where?'), element }];
    await open(practice, modal({ callback_id: 'where', submit: plain('Go'), blocks }));
    await practice.control('submit', { user: ona, values: { place: { it: incidents } } });
    expect(told).toMatchObject([{ block_id: 'place', action_id: 'it', channel_id: incidents }]);
    const { response_url: address } = told[0] as { response_url: string };
    await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'there', response_type: 'in_channel' }),
    });
    expect(practice.workspace.messagesOf(incidents)).toMatchObject([{ text: 'there' }]);
  });

  test('that clear on close take those below with them, and the app hears of each that asked', async () => {
    await using practice = await practise();
    const closed: unknown[] = [];
    await practice.bolt((app) => {
      for (const id of ['below', 'top'])
        app.view({ callback_id: id, type: 'view_closed' }, async ({ ack, body }) => {
          closed.push([id, 'is_cleared' in body && body.is_cleared]);
          await ack();
        });
    });
    await open(practice, modal({ callback_id: 'below', notify_on_close: true }));
    await practice.call('views.push', {
      trigger_id: practice.workspace.triggers.issue(ona),
      view: modal({ callback_id: 'top', notify_on_close: true, clear_on_close: true }),
    });
    await practice.control('close', { user: ona });
    expect(practice.workspace.topView.has(ona)).toBe(false);
    expect(closed).toEqual([
      ['top', true],
      ['below', true],
    ]);
  });
});

describe('rates', () => {
  test('of posting are counted for the workspace too', async () => {
    const now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    const channels = Array.from({ length: 61 }, (_, i) => `C${i}`);
    const waits = channels.flatMap((channel) =>
      Array.from({ length: 5 }, () => practice.workspace.rates.take('chat.postMessage', 'posting', channel)),
    );
    expect(waits.slice(0, 300).every((wait) => wait === undefined)).toBe(true);
    expect(waits.slice(300)).toEqual([60, 60, 60, 60, 60]);
  });

  test('of a Tier 2 method end at 20 a minute, of a Tier 4 method at 100', async () => {
    await using practice = await practise({ now: () => 1_700_000_000_000 });
    const until429 = async (method: string, args: object): Promise<number> => {
      for (let i = 0; i < 200; i += 1) if ((await practice.call(method, args))['status'] === 429) return i;
      return Infinity;
    };
    expect(await until429('usergroups.list', {})).toBe(20);
    expect(await until429('users.info', { user: ona })).toBe(100);
  });
});

/** A file of one byte that was announced: where it is to be sent, and its id. */
async function announced(practice: Practice): Promise<{ url: string; id: string }> {
  const told = await practice.call('files.getUploadURLExternal', { filename: 'a', length: 1 });
  return { url: String(told['upload_url']), id: String(told['file_id']) };
}

describe('faults of single methods', () => {
  const post = (practice: Practice, text: string) => practice.call('chat.postMessage', { channel: incidents, text });

  test.each([
    ['too_many', 429, 0],
    ['server_error', 500, 0],
    ['server_error_after', 500, 1],
  ])('%s answers %d, the call having taken effect %d times', async (kind, status, effects) => {
    await using practice = await practise();
    await practice.control('chaos', { faults: [{ method: 'chat.postMessage', kind, times: 1 }] });
    expect(await practice.call('users.info', { user: ona })).toMatchObject({ ok: true });
    expect(await post(practice, 'a')).toMatchObject({ status });
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(effects);
    expect(await post(practice, 'b')).toMatchObject({ ok: true });
  });

  test.each([
    ['drop', 0],
    ['drop_after', 1],
  ])('%s cuts the connection, the call having taken effect %d times', async (kind, effects) => {
    await using practice = await practise();
    await practice.control('chaos', { faults: [{ method: '', kind, times: 1 }] });
    await expect(post(practice, 'a')).rejects.toThrow('fetch failed');
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(effects);
    expect(await post(practice, 'b')).toMatchObject({ ok: true });
  });

  test.each([
    ['timeout', 0],
    ['timeout_after', 1],
  ])('%s never answers, the call having taken effect %d times', async (kind, effects) => {
    await using practice = await practise();
    await practice.control('chaos', { faults: [{ method: 'chat.postMessage', kind, times: 1 }] });
    const enough = new AbortController();
    const asked = fetch(`${practice.said.slackApiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${practice.said.botToken}` },
      body: JSON.stringify({ channel: incidents, text: 'a' }),
      signal: enough.signal,
    }).then(
      () => 'answered',
      () => 'given up',
    );
    while (practice.workspace.record.calls.length === 0) await practice.control('state');
    enough.abort();
    expect(await asked).toBe('given up');
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(effects);
  });

  test('come to uploads and to response addresses as well', async () => {
    await using practice = await practise();
    const { url, id } = await announced(practice);
    const send = async (): Promise<number> => (await fetch(url, { method: 'POST', body: 'a' })).status;
    await practice.control('chaos', { faults: [{ method: 'upload', kind: 'server_error', times: 1 }] });
    expect(await send()).toBe(500);
    expect(practice.workspace.files.get(id)?.bytes).toBeUndefined();
    expect(await send()).toBe(200);
    const address = practice.workspace.responses.issue({ user: ona, channel: incidents, ephemeral: false });
    const respond = async (): Promise<number> =>
      (
        await fetch(`${practice.workspace.base}/response/${address}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: 'told' }),
        })
      ).status;
    await practice.control('chaos', { faults: [{ method: 'response_url', kind: 'too_many', times: 1 }] });
    expect(await respond()).toBe(429);
    expect(practice.workspace.messagesOf(incidents)).toEqual([]);
    await practice.control('chaos', { faults: [{ method: 'response_url', kind: 'server_error_after', times: 1 }] });
    expect(await respond()).toBe(500);
    expect(practice.workspace.messagesOf(incidents)).toMatchObject([{ text: 'told' }]);
  });

  test('are refused when they name no kind or no count', async () => {
    await using practice = await practise();
    for (const fault of [
      { method: '', kind: 'nope', times: 1 },
      { method: '', kind: 'drop', times: 0 },
      { kind: 'drop', times: 1 },
    ])
      expect(await practice.control('chaos', { faults: [fault] })).toMatchObject({ error: 'invalid_chaos' });
  });
});

describe('a message that the app has written', () => {
  test('can be pressed by two people, and the second finds the button gone', async () => {
    await using practice = await practise();
    const winners: string[] = [];
    const app = await practice.bolt((bolt) => {
      bolt.action('go', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions' || !body.message) return;
        winners.push(body.user.id);
        await client.chat.update({ channel: incidents, ts: body.message.ts, text: 'taken', blocks: [] });
      });
    });
    const { ts } = await app.client.chat.postMessage({
      channel: incidents,
      text: 'go?',
      blocks: [button('go', 'Go')] as never,
    });
    const press = (user: string) =>
      practice.control('press', { user, channel: incidents, message_ts: ts, action_id: 'go' });
    expect(await press(ona)).toMatchObject({ acked: true });
    await until(practice.opened, () =>
      practice.workspace.message(incidents, ts ?? '')?.text === 'taken' ? true : undefined,
    );
    expect(await press(sam)).toMatchObject({ error: 'action_not_found' });
    expect(winners).toEqual([ona]);
  });
});
