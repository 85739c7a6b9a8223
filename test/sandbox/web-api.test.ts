import { describe, expect, test } from 'vitest';
import { methods } from '../../src/sandbox/slack/method/index.ts';
import { readdirSync } from 'node:fs';
import { button, incidents, manifest, ona, plain, practise, sam } from './practice.ts';

const modal = { type: 'modal', title: plain('t'), blocks: [{ type: 'divider' }] };

describe('who may call', () => {
  test.each([
    ['no token', '', 'chat.postMessage', 'not_authed'],
    ['a wrong token', 'xoxb-wrong', 'chat.postMessage', 'invalid_auth'],
    ['the app token where the bot token belongs', 'app', 'chat.postMessage', 'not_allowed_token_type'],
    ['the bot token where the app token belongs', 'bot', 'apps.connections.open', 'not_allowed_token_type'],
  ])('%s is refused', async (_what, token, method, error) => {
    await using practice = await practise();
    const tokens: Record<string, string> = { app: practice.said.appToken, bot: practice.said.botToken };
    expect(await practice.call(method, { channel: incidents, text: 'x' }, tokens[token] ?? token)).toMatchObject({
      ok: false,
      error,
    });
  });

  test('a scope that the manifest does not have is missing, one that it has is not', async () => {
    await using practice = await practise({ manifest: { ...manifest, botScopes: ['users:read'] } });
    expect(await practice.call('chat.postMessage', { channel: incidents, text: 'x' })).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'users:read',
    });
    expect(await practice.call('users.info', { user: ona })).toMatchObject({ ok: true });
    expect(practice.violations()).toEqual(['error missing_scope']);
  });

  test('private channels want groups:read, public ones channels:read', async () => {
    await using practice = await practise({ manifest: { ...manifest, botScopes: ['channels:read'] } });
    expect(await practice.call('conversations.info', { channel: incidents })).toMatchObject({ ok: true });
    expect(await practice.call('conversations.info', { channel: 'CPLATFORM1' })).toMatchObject({
      error: 'missing_scope',
      needed: 'groups:read',
    });
  });

  test('an unknown method is refused and recorded', async () => {
    await using practice = await practise();
    expect(await practice.call('canvases.create')).toMatchObject({ ok: false, error: 'unknown_method' });
    expect(await practice.control('calls')).toMatchObject({
      violations: [{ severity: 'error', kind: 'unknown_method', where: 'canvases.create' }],
      unknownCalls: ['canvases.create'],
    });
    await practice.control('clear', {});
  });
});

describe('how arguments are sent', () => {
  test.each([
    [
      'JSON',
      (body: Record<string, string>) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    ],
    ['a form', (body: Record<string, string>) => ({ body: new URLSearchParams(body) })],
    [
      'multipart',
      (body: Record<string, string>) => {
        const form = new FormData();
        for (const [name, value] of Object.entries(body)) form.set(name, value);
        return { body: form };
      },
    ],
  ])('%s is understood', async (_what, make) => {
    await using practice = await practise();
    const fields = {
      token: practice.said.botToken,
      channel: incidents,
      text: 'hello',
      blocks: JSON.stringify([{ type: 'divider' }]),
    };
    const answer = await fetch(`${practice.said.slackApiUrl}chat.postMessage`, { method: 'POST', ...make(fields) });
    expect(await answer.json()).toMatchObject({ ok: true, message: { text: 'hello', blocks: [{ type: 'divider' }] } });
  });

  test('blocks that are no JSON are refused, and no token appears among the recorded arguments', async () => {
    await using practice = await practise();
    const body = new URLSearchParams({ token: practice.said.botToken, channel: incidents, blocks: '[{' });
    const answer = await fetch(`${practice.said.slackApiUrl}chat.postMessage`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ ok: false, error: 'invalid_blocks_format' });
    expect(JSON.stringify(await practice.control('calls'))).not.toContain(practice.said.botToken);
  });
});

describe('messages', () => {
  test('have a ts that is unique and grows, also with a clock that stands still', async () => {
    await using practice = await practise({ now: () => 1_700_000_000_123 });
    practice.workspace.rates.enabled = false;
    const stamps: string[] = [];
    for (let i = 0; i < 5; i += 1)
      stamps.push((await practice.call('chat.postMessage', { channel: incidents, text: `${i}` }))['ts'] as string);
    expect(new Set(stamps).size).toBe(5);
    expect([...stamps].sort()).toEqual(stamps);
    expect(stamps[0]).toMatch(/^1700000000\.\d{6}$/);
  });

  test.each([
    ['an unknown channel', { channel: 'CNOPE', text: 'x' }, 'channel_not_found'],
    ['a channel without the app', { channel: 'CGENERAL01', text: 'x' }, 'not_in_channel'],
    ['neither text nor blocks', { channel: incidents }, 'no_text'],
    ['no channel', { text: 'x' }, 'invalid_arguments'],
    ['a thread that is not there', { channel: incidents, text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
    ['blocks that are no list', { channel: incidents, text: 'x', blocks: {} }, 'invalid_blocks_format'],
    [
      'metadata without a type',
      { channel: incidents, text: 'x', metadata: { event_payload: {} } },
      'invalid_metadata_format',
    ],
  ])('posting with %s is refused', async (_what, args, error) => {
    await using practice = await practise();
    expect(await practice.call('chat.postMessage', args)).toMatchObject({ ok: false, error });
    expect(practice.workspace.messagesOf(incidents)).toEqual([]);
  });

  test('with a broken block are refused with the sentence and the place, twice', async () => {
    await using practice = await practise();
    const answer = await practice.call('chat.postMessage', { channel: incidents, text: 'x', blocks: [{ type: 'z' }] });
    expect(answer).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      errors: ['unsupported type: z [json-pointer:/blocks/0/type]'],
      response_metadata: { messages: ['[ERROR] unsupported type: z [json-pointer:/blocks/0/type]'] },
    });
    expect(practice.violations()).toEqual(['error invalid_blocks']);
  });

  test('updated with text alone lose their blocks and are marked as edited; with blocks they are not', async () => {
    await using practice = await practise();
    const blocks = [{ type: 'divider' }];
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a', blocks });
    const at = { channel: incidents, ts };
    expect(await practice.call('chat.update', { ...at, text: 'b', blocks })).toMatchObject({ ok: true, ts, text: 'b' });
    expect(practice.workspace.message(incidents, ts as string)).not.toHaveProperty('edited');
    await practice.call('chat.update', { ...at, text: 'c' });
    const after = practice.workspace.message(incidents, ts as string);
    expect(after).toMatchObject({ text: 'c', edited: { user: 'UNETDIAG1' } });
    expect(after).not.toHaveProperty('blocks');
  });

  test('are updated with at most 4000 characters', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a' });
    expect(await practice.call('chat.update', { channel: incidents, ts, text: 'x'.repeat(4000) })).toMatchObject({
      ok: true,
    });
    expect(await practice.call('chat.update', { channel: incidents, ts, text: 'x'.repeat(4001) })).toMatchObject({
      error: 'msg_too_long',
    });
  });

  test('of somebody else can be neither updated nor deleted', async () => {
    await using practice = await practise();
    const { ts } = await practice.control('say', { user: ona, channel: incidents, text: 'mine' });
    expect(await practice.call('chat.update', { channel: incidents, ts, text: 'x' })).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await practice.call('chat.delete', { channel: incidents, ts })).toMatchObject({
      error: 'cant_delete_message',
    });
  });

  test('are deleted once', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a' });
    expect(await practice.call('chat.delete', { channel: incidents, ts })).toMatchObject({ ok: true });
    expect(await practice.call('chat.delete', { channel: incidents, ts })).toMatchObject({
      error: 'message_not_found',
    });
    expect(await practice.call('chat.update', { channel: incidents, ts, text: 'b' })).toMatchObject({
      error: 'message_not_found',
    });
  });

  test('have a permalink', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a' });
    const { permalink } = await practice.call('chat.getPermalink', { channel: incidents, message_ts: ts });
    expect(permalink).toBe(`${practice.workspace.base}/archives/${incidents}/p${String(ts).replace('.', '')}`);
  });
});

describe('ephemeral messages', () => {
  test('are in no history and cannot be updated or linked', async () => {
    await using practice = await practise({
      manifest: { ...manifest, botScopes: [...manifest.botScopes, 'channels:history'] },
    });
    const root = await practice.call('chat.postMessage', { channel: incidents, text: 'root' });
    await practice.call('chat.postMessage', { channel: incidents, text: 'reply', thread_ts: root['ts'] });
    const { message_ts: ts } = await practice.call('chat.postEphemeral', {
      channel: incidents,
      user: ona,
      text: 'psst',
      thread_ts: root['ts'],
    });
    const { messages } = await practice.call('conversations.replies', { channel: incidents, ts: root['ts'] });
    expect((messages as { text: string }[]).map((one) => one.text)).toEqual(['root', 'reply']);
    expect(await practice.call('chat.update', { channel: incidents, ts, text: 'x' })).toMatchObject({
      error: 'message_not_found',
    });
    expect(await practice.call('chat.getPermalink', { channel: incidents, message_ts: ts })).toMatchObject({
      error: 'message_not_found',
    });
    expect(practice.workspace.message(incidents, ts as string)?.only).toBe(ona);
  });

  test('reach nobody who is not in the channel, and no thread that has not begun', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: 'CPLATFORM1', text: 'root' });
    const psst = { channel: 'CPLATFORM1', text: 'psst' };
    expect(await practice.call('chat.postEphemeral', { ...psst, user: 'UBYSTAND1' })).toMatchObject({
      error: 'user_not_in_channel',
    });
    await practice.call('chat.postEphemeral', { ...psst, user: sam, thread_ts: ts });
    expect(practice.workspace.messagesOf('CPLATFORM1').map((one) => one.text)).toEqual(['root']);
    expect(practice.violations()).toEqual(['warning ephemeral_not_shown']);
  });
});

describe('views', () => {
  test('open once per trigger and within three seconds', async () => {
    let now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    const { triggers } = practice.workspace;
    const [first, late] = [triggers.issue(ona), triggers.issue(ona)];
    now += 3000;
    expect(await practice.call('views.open', { trigger_id: first, view: modal })).toMatchObject({
      ok: true,
      view: { type: 'modal' },
    });
    expect(await practice.call('views.open', { trigger_id: first, view: modal })).toMatchObject({
      error: 'exchanged_trigger_id',
    });
    now += 1;
    expect(await practice.call('views.open', { trigger_id: late, view: modal })).toMatchObject({
      error: 'expired_trigger_id',
    });
    expect(await practice.call('views.open', { trigger_id: 'nope', view: modal })).toMatchObject({
      error: 'invalid_trigger_id',
    });
  });

  test('are updated only with the current hash, when one is given', async () => {
    await using practice = await practise();
    const { view } = await practice.call('views.open', {
      trigger_id: practice.workspace.triggers.issue(ona),
      view: modal,
    });
    const { id, hash } = view as { id: string; hash: string };
    const updated = await practice.call('views.update', { view_id: id, hash, view: modal });
    expect(updated).toMatchObject({ ok: true, view: { id } });
    expect(await practice.call('views.update', { view_id: id, hash, view: modal })).toMatchObject({
      error: 'hash_conflict',
    });
    expect(await practice.call('views.update', { view_id: id, view: modal })).toMatchObject({ ok: true });
    expect(await practice.call('views.update', { view_id: 'VNOPE', view: modal })).toMatchObject({
      error: 'not_found',
    });
  });

  test('that are broken answer invalid_arguments with the sentences in response_metadata only', async () => {
    await using practice = await practise();
    const answer = await practice.call('views.open', {
      trigger_id: 'x',
      view: { ...modal, title: plain('x'.repeat(25)) },
    });
    expect(answer).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
    });
    expect(answer).not.toHaveProperty('errors');
  });

  test('are refused above 250 KB', async () => {
    await using practice = await practise();
    const blocks = Array.from({ length: 90 }, () => ({ type: 'section', text: plain('x'.repeat(3000)) }));
    expect(await practice.call('views.open', { trigger_id: 'x', view: { ...modal, blocks } })).toMatchObject({
      error: 'view_too_large',
    });
  });

  test('are published to a Home tab', async () => {
    await using practice = await practise();
    const home = { type: 'home', blocks: [{ type: 'divider' }] };
    const { view } = await practice.call('views.publish', { user_id: ona, view: home });
    expect(await practice.call('views.publish', { user_id: ona, view: home, hash: 'old' })).toMatchObject({
      error: 'hash_conflict',
    });
    expect(practice.workspace.homes.get(ona)).toBe((view as { id: string }).id);
  });
});

describe('files', () => {
  const bytes = Buffer.from('capture');

  test.each([
    ['raw', () => ({ body: bytes })],
    [
      'multipart',
      () => {
        const form = new FormData();
        form.set('body', new Blob([bytes]), 'Untitled');
        return { body: form };
      },
    ],
  ])('are uploaded %s, completed, and shared only later', async (_how, make) => {
    await using practice = await practise({
      manifest: { ...manifest, botScopes: [...manifest.botScopes, 'files:read'] },
    });
    practice.workspace.chaos.shareDelayMs = [60, 60];
    const { upload_url: url, file_id: id } = await practice.call('files.getUploadURLExternal', {
      filename: 'a.pcap',
      length: bytes.length,
    });
    expect(await (await fetch(url as string, { method: 'POST', ...make() })).text()).toBe(`OK - ${bytes.length}`);
    const completed = await practice.call('files.completeUploadExternal', {
      files: [{ id, title: 'A' }],
      channel_id: incidents,
      initial_comment: 'here',
    });
    expect(completed).toMatchObject({ ok: true, files: [{ id, title: 'A', mimetype: '', shares: {} }] });
    const message = await practice.spoken('here');
    expect(message.files).toEqual([id]);
    const { file } = await practice.call('files.info', { file: id });
    expect(file).toMatchObject({
      mimetype: 'application/vnd.tcpdump.pcap',
      shares: { public: { [incidents]: [{ ts: message.ts }] } },
    });
    const download = await fetch((file as { url_private: string }).url_private, {
      headers: { authorization: `Bearer ${practice.said.botToken}` },
    });
    expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes);
  });

  test('without length are refused, and so is completing what was never uploaded', async () => {
    await using practice = await practise();
    expect(await practice.call('files.getUploadURLExternal', { filename: 'a', length: 0 })).toMatchObject({
      error: 'missing_argument',
    });
    const { file_id: id } = await practice.call('files.getUploadURLExternal', { filename: 'a', length: 1 });
    expect(await practice.call('files.completeUploadExternal', { files: [{ id }] })).toMatchObject({
      error: 'file_not_found',
    });
  });

  test('want membership', async () => {
    await using practice = await practise();
    const { upload_url: url, file_id: id } = await practice.call('files.getUploadURLExternal', {
      filename: 'a',
      length: bytes.length,
    });
    await fetch(url as string, { method: 'POST', body: bytes });
    const args = { files: [{ id }], channel_id: 'CGENERAL01' };
    expect(await practice.call('files.completeUploadExternal', args)).toMatchObject({ error: 'not_in_channel' });
  });

  test('with alt text are watched: only images take it, and it is called alt_txt', async () => {
    await using practice = await practise();
    const { upload_url: url, file_id: id } = await practice.call('files.getUploadURLExternal', {
      filename: 'a.pcap',
      length: bytes.length,
      alt_txt: 'a',
    });
    await practice.call('files.getUploadURLExternal', { filename: 'a.png', length: 1, alt_txt: 'a' });
    await fetch(url as string, { method: 'POST', body: bytes });
    await practice.call('files.completeUploadExternal', { files: [{ id, alt_text: 'a' }] });
    expect(practice.violations()).toEqual(['warning alt_txt', 'warning alt_text']);
  });
});

describe('rates', () => {
  test('chat.update is taken 50 times a minute, then answers 429 with how long to wait', async () => {
    let now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a' });
    const update = () => practice.call('chat.update', { channel: incidents, ts, text: 'b' });
    for (let i = 0; i < 50; i += 1) expect((await update())['ok']).toBe(true);
    now += 20_000;
    expect(await update()).toMatchObject({ status: 429, ok: false, error: 'ratelimited', retryAfter: '40' });
    now += 40_000;
    expect(await update()).toMatchObject({ ok: true });
  });

  test('chat.postMessage is counted per channel', async () => {
    await using practice = await practise({ now: () => 1_700_000_000_000 });
    const post = (channel: string) => practice.call('chat.postMessage', { channel, text: 'a' });
    for (let i = 0; i < 5; i += 1) await post(incidents);
    expect(await post(incidents)).toMatchObject({ status: 429 });
    expect(await post('CPLATFORM1')).toMatchObject({ ok: true });
  });

  test('can be switched off', async () => {
    await using practice = await practise();
    await practice.control('rates', { enabled: false });
    for (let i = 0; i < 12; i += 1)
      expect((await practice.call('chat.postMessage', { channel: incidents, text: 'a' }))['ok']).toBe(true);
  });
});

describe('response addresses', () => {
  const blocks = [button('go', 'Go')];

  test('can be used five times within thirty minutes', async () => {
    let now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    const address = (id: string) => `${practice.workspace.base}/response/${id}`;
    const say = async (id: string) => {
      const answer = await fetch(address(id), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'hi' }),
      });
      return { status: answer.status, body: await answer.text() };
    };
    const source = { user: ona, channel: incidents, ephemeral: false };
    const [one, two] = [practice.workspace.responses.issue(source), practice.workspace.responses.issue(source)];
    for (let i = 0; i < 5; i += 1) expect(await say(one)).toEqual({ status: 200, body: 'ok' });
    expect(await say(one)).toEqual({ status: 404, body: JSON.stringify({ ok: false, error: 'used_url' }) });
    now += 30 * 60 * 1000;
    expect((await say(two)).status).toBe(200);
    now += 1;
    expect(await say(two)).toEqual({ status: 404, body: JSON.stringify({ ok: false, error: 'expired_url' }) });
  });

  test('refuse broken blocks with 404, and replace the message when told to', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', { channel: incidents, text: 'a', blocks });
    const id = practice.workspace.responses.issue({
      user: ona,
      channel: incidents,
      messageTs: ts as string,
      ephemeral: false,
    });
    const post = (body: object) =>
      fetch(`${practice.workspace.base}/response/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const broken = await post({ text: 'x', replace_original: true, blocks: [{ type: 'z' }] });
    expect([broken.status, await broken.json()]).toEqual([404, { ok: false, error: 'invalid_blocks' }]);
    await post({ text: 'replaced', replace_original: true });
    expect(practice.workspace.message(incidents, ts as string)?.text).toBe('replaced');
    await post({ delete_original: true });
    expect(practice.workspace.message(incidents, ts as string)).toBeUndefined();
  });
});

describe('people and channels', () => {
  test('a guest, a bot and somebody who left are recognisable', async () => {
    await using practice = await practise();
    const info = async (user: string) => (await practice.call('users.info', { user }))['user'];
    expect(await info(ona)).toMatchObject({
      is_restricted: false,
      is_bot: false,
      deleted: false,
      real_name: 'Ona On-Call',
    });
    expect(await info('UGUEST001')).toMatchObject({ is_restricted: true });
    expect(await info('UNETDIAG1')).toMatchObject({ is_bot: true });
    expect(await info('ULEFT0001')).toMatchObject({ deleted: true });
    expect(await practice.call('users.info', { user: 'UNOPE' })).toMatchObject({ error: 'user_not_found' });
  });

  test('lists come in pages', async () => {
    await using practice = await practise();
    const first = await practice.call('users.list', { limit: 5 });
    const cursor = (first['response_metadata'] as { next_cursor: string }).next_cursor;
    const second = await practice.call('users.list', { limit: 5, cursor });
    expect([(first['members'] as object[]).length, (second['members'] as object[]).length]).toEqual([5, 3]);
    expect(second['response_metadata']).toEqual({ next_cursor: '' });
  });

  test('a shared channel says so; the user group has its members', async () => {
    await using practice = await practise();
    expect(await practice.call('conversations.info', { channel: 'CPARTNER01' })).toMatchObject({
      channel: { is_ext_shared: true },
    });
    expect(await practice.call('conversations.info', { channel: incidents })).toMatchObject({
      channel: { is_ext_shared: false },
    });
    expect(await practice.call('usergroups.users.list', { usergroup: 'SNETONCALL' })).toMatchObject({
      users: [sam, 'UTHIRD001'],
    });
    expect(await practice.call('usergroups.users.list', { usergroup: 'SNOPE' })).toMatchObject({
      error: 'no_such_subteam',
    });
  });
});

describe('faults on purpose', () => {
  test('429 for one method only, 500 before and after the effect', async () => {
    await using practice = await practise();
    await practice.control('chaos', { tooMany: 1, tooManyMethod: 'chat.postMessage', retryAfterSeconds: 7 });
    expect(await practice.call('users.info', { user: ona })).toMatchObject({ ok: true });
    const post = () => practice.call('chat.postMessage', { channel: incidents, text: 'a' });
    expect(await post()).toMatchObject({ status: 429, retryAfter: '7' });
    await practice.control('chaos', { serverError: 1 });
    expect(await post()).toMatchObject({ status: 500 });
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(0);
    await practice.control('chaos', { serverErrorAfter: 1 });
    expect(await post()).toMatchObject({ status: 500 });
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(1);
  });

  test('refused block types are no violation of the app; unknown switches are refused', async () => {
    await using practice = await practise();
    await practice.control('chaos', { refuseBlockTypes: ['plan'] });
    const plan = { channel: incidents, text: 'a', blocks: [{ type: 'plan', title: 'p' }] };
    expect(await practice.call('chat.postMessage', plan)).toMatchObject({ error: 'invalid_blocks' });
    expect(practice.violations()).toEqual([]);
    expect(await practice.control('chaos', { nope: 1 })).toMatchObject({ status: 400, error: 'invalid_chaos' });
    await practice.control('chaos', { reset: true });
    expect(await practice.call('chat.postMessage', plan)).toMatchObject({ ok: true });
  });
});

describe('markup that is alive', () => {
  test('is listed when it arrived unescaped, and not when it was escaped or plain', async () => {
    await using practice = await practise();
    const alive = [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: 'for <@UONCALL01> and <!channel>, <https://evil.example|here>' },
      },
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: sam }] }] },
    ];
    const dead = [
      { type: 'section', text: { type: 'mrkdwn', text: '&lt;!channel&gt; &lt;@UONCALL01&gt;' } },
      { type: 'section', text: plain('<!channel>') },
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: '<!here> <@UONCALL01>' }] }],
      },
      { type: 'table', rows: [[{ type: 'raw_text', text: '<!everyone>' }]] },
    ];
    await practice.call('chat.postMessage', { channel: incidents, text: 'dead &lt;!here&gt;', blocks: dead });
    expect(await practice.control('state')).toMatchObject({ activeMentions: [], activeLinks: [] });
    await practice.call('chat.postMessage', { channel: incidents, text: 'alive', blocks: alive });
    const state = await practice.control('state');
    expect(state['activeMentions']).toMatchObject([
      { kind: 'user', target: ona, pointer: '/blocks/0/text/text' },
      { kind: 'broadcast', target: 'channel' },
      { kind: 'user', target: sam, pointer: '/blocks/1/elements/0/elements/0' },
    ]);
    expect(state['activeLinks']).toMatchObject([{ kind: 'link', target: 'https://evil.example' }]);
  });
});

describe('the registry of methods', () => {
  test('equals the directory', () => {
    const files = readdirSync(new URL('../../src/sandbox/slack/method/', import.meta.url)).filter(
      (name) => name !== 'index.ts',
    );
    expect(methods).toHaveLength(files.length);
    expect(new Set(methods.map((method) => method.name)).size).toBe(methods.length);
  });
});
