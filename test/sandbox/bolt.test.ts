/* oxlint-disable unicorn/require-post-message-target-origin -- chat.postMessage is Slack's, not the window's */
import { App, LogLevel } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { button, incidents, manifest, ona, plain, practise, sam, until } from './practice.ts';

const form = {
  type: 'modal' as const,
  title: plain('Reject'),
  submit: plain('Reject'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: plain('Why?'),
      element: { type: 'plain_text_input' as const, action_id: 'words' },
    },
  ],
};

describe('start-up', () => {
  test('is auth.test, apps.connections.open and one connection', async () => {
    await using practice = await practise();
    await practice.bolt(() => {});
    expect(practice.workspace.record.calls.map((one) => one.method)).toEqual(['auth.test', 'apps.connections.open']);
    expect(practice.opened.connections.ready).toEqual([1]);
    expect(practice.violations()).toEqual([]);
  });

  test('fails with invalid_auth when the token is wrong', async () => {
    await using practice = await practise();
    const app = new App({
      token: 'xoxb-wrong',
      appToken: practice.said.appToken,
      socketMode: true,
      deferInitialization: true,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: practice.said.slackApiUrl },
    });
    await expect(app.init()).rejects.toThrow('invalid_auth');
  });
});

describe('slash commands', () => {
  test('are acknowledged and answered in the channel and in a thread', async () => {
    await using practice = await practise();
    await practice.bolt((app) => {
      app.command('/netdiag', async ({ ack, client, command }) => {
        await ack();
        const root = await client.chat.postMessage({ channel: command.channel_id, text: `looking at ${command.text}` });
        await client.chat.postMessage({ channel: command.channel_id, text: 'in the thread', thread_ts: root.ts ?? '' });
      });
    });
    const outcome = await practice.control('command', {
      user: ona,
      channel: incidents,
      text: '/netdiag  ip-10-0-10-207  --x ',
    });
    expect(outcome).toMatchObject({ ok: true, acked: true });
    const reply = await practice.spoken('in the thread');
    expect(practice.workspace.message(incidents, reply.thread_ts ?? '')).toMatchObject({
      text: 'looking at ip-10-0-10-207  --x',
      user: 'UNETDIAG1',
    });
    expect(practice.violations()).toEqual([]);
  });

  test('answer the user alone with the text of the acknowledgement', async () => {
    await using practice = await practise();
    await practice.bolt((app) => app.command('/netdiag', ({ ack }) => ack('which node?')));
    await practice.control('command', { user: ona, channel: incidents, text: '/netdiag' });
    expect(practice.workspace.messagesOf(incidents)).toMatchObject([{ text: 'which node?', only: ona }]);
  });

  test('fail visibly when nobody is connected', async () => {
    await using practice = await practise();
    const outcome = await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    expect(outcome).toMatchObject({ acked: false, failure: '`/netdiag` failed with the error "dispatch_failed"' });
    expect(practice.workspace.messagesOf(incidents)).toMatchObject([{ only: ona, user: 'USLACKBOT' }]);
  });

  test('fail visibly when the app does not acknowledge in time', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 30;
    await practice.bolt((app) => app.command('/netdiag', async () => {}));
    const outcome = await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    expect(outcome).toMatchObject({ acked: false, failure: '`/netdiag` failed because the app did not respond' });
    expect(practice.violations()).toEqual(['error no_ack']);
  });

  test('are refused in threads and when the manifest does not have them', async () => {
    await using practice = await practise();
    const { ts } = await practice.control('say', { user: ona, channel: incidents, text: 'hello' });
    const inThread = await practice.control('command', {
      user: ona,
      channel: incidents,
      text: '/netdiag x',
      thread_ts: ts,
    });
    const unknown = await practice.control('command', { user: ona, channel: incidents, text: '/other x' });
    expect(inThread['failure']).toBe('`/netdiag` is not supported in threads. Sorry!');
    expect(unknown['failure']).toBe('`/other` is not a valid command.');
    expect(practice.opened.connections.envelopes).toEqual([]);
  });
});

describe('a button press', () => {
  test('arrives as block_actions; update, ephemeral and respond work', async () => {
    await using practice = await practise();
    const app = await practice.bolt((bolt) => {
      bolt.action('go', async ({ ack, body, client, respond }) => {
        await ack();
        if (body.type !== 'block_actions' || !body.message) throw new Error('unexpected body');
        await client.chat.update({ channel: incidents, ts: body.message.ts, text: `done by ${body.user.id}` });
        await client.chat.postEphemeral({ channel: incidents, user: body.user.id, text: 'only you' });
        await respond({ text: 'through the address', replace_original: false, response_type: 'ephemeral' });
      });
    });
    const { ts } = await app.client.chat.postMessage({
      channel: incidents,
      text: 'press',
      blocks: [button('go', 'Go')] as never,
    });
    const outcome = await practice.control('press', { user: ona, channel: incidents, message_ts: ts, action_id: 'go' });
    expect(outcome).toMatchObject({ acked: true });
    expect((await practice.spoken('through the address')).only).toBe(ona);
    expect(practice.workspace.message(incidents, ts ?? '')).toMatchObject({ text: 'done by UONCALL01' });
    expect(practice.workspace.message(incidents, ts ?? '')?.blocks).toBeUndefined();
    expect((await practice.spoken('only you')).only).toBe(ona);
    expect(practice.violations()).toEqual([]);
  });

  test('on a message that has changed meanwhile is refused', async () => {
    await using practice = await practise();
    const { ts } = await practice.call('chat.postMessage', {
      channel: incidents,
      text: 'press',
      blocks: [button('go', 'Go')],
    });
    await practice.call('chat.update', { channel: incidents, ts, text: 'no buttons any more' });
    const outcome = await practice.control('press', { user: ona, channel: incidents, message_ts: ts, action_id: 'go' });
    expect(outcome).toMatchObject({ status: 400, error: 'action_not_found' });
  });

  test('by somebody who cannot see the message is refused', async () => {
    await using practice = await practise();
    await practice.call('chat.postEphemeral', {
      channel: incidents,
      user: ona,
      text: 'you',
      blocks: [button('go', 'Go')],
    });
    const { ts } = await practice.spoken('you');
    const press = { channel: incidents, message_ts: ts, action_id: 'go' };
    expect(await practice.control('press', { user: sam, ...press })).toMatchObject({ error: 'message_not_found' });
    expect(await practice.control('press', { user: ona, ...press })).toMatchObject({ ok: true, acked: false });
  });

  test('of a select carries the chosen option', async () => {
    await using practice = await practise();
    const app = await practice.bolt((bolt) => {
      bolt.action<never>('pick', async ({ ack, action, client }: never) => {
        await (ack as () => Promise<void>)();
        const { selected_option: option } = action as { selected_option: { value: string } };
        await (client as App['client']).chat.postMessage({ channel: incidents, text: `picked ${option.value}` });
      });
    });
    const select = {
      type: 'static_select',
      action_id: 'pick',
      options: ['dns', 'mtu'].map((value) => ({ text: plain(value), value })),
    };
    const { ts } = await app.client.chat.postMessage({
      channel: incidents,
      text: 'pick',
      blocks: [{ type: 'actions', elements: [select] }] as never,
    });
    const press = { user: ona, channel: incidents, message_ts: ts, action_id: 'pick' };
    await practice.control('press', { ...press, option: 'mtu' });
    expect(await practice.spoken('picked mtu')).toBeDefined();
    expect(await practice.control('press', { ...press, option: 'other' })).toMatchObject({ error: 'option_not_found' });
  });
});

describe('modals', () => {
  test('open within the trigger, show errors, and close when accepted', async () => {
    await using practice = await practise();
    await practice.bolt((app) => {
      app.command('/netdiag', async ({ ack, body, client }) => {
        await ack();
        await client.views.open({ trigger_id: body.trigger_id, view: { ...form, callback_id: 'reject' } });
      });
      app.view('reject', async ({ ack, view }) => {
        const words = view.state.values['why']?.['words']?.value ?? '';
        if (words.length < 5) await ack({ response_action: 'errors', errors: { why: 'Please say more.' } });
        else await ack();
      });
    });
    await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    await until(practice.opened, () => practice.workspace.topView.get(ona));
    const empty = await practice.control('submit', { user: ona, values: {} });
    expect(empty).toMatchObject({ acked: false, failure: 'Please complete this required field.' });
    const short = await practice.control('submit', { user: ona, values: { why: { words: 'no' } } });
    expect(short['payload']).toEqual({ response_action: 'errors', errors: { why: 'Please say more.' } });
    expect(practice.workspace.topView.has(ona)).toBe(true);
    await practice.control('submit', { user: ona, values: { why: { words: 'not tonight' } } });
    expect(practice.workspace.topView.has(ona)).toBe(false);
    expect(practice.violations()).toEqual([]);
  });

  test('update and push through the acknowledgement, at most three deep', async () => {
    await using practice = await practise();
    await practice.bolt((app) => {
      app.view('first', ({ ack }) =>
        ack({ response_action: 'update', view: { ...form, title: plain('Updated'), callback_id: 'next' } }),
      );
      app.view('next', ({ ack }) =>
        ack({ response_action: 'push', view: { ...form, title: plain('Pushed'), callback_id: 'next' } }),
      );
    });
    const trigger = practice.workspace.triggers.issue(ona);
    await practice.call('views.open', { trigger_id: trigger, view: { ...form, callback_id: 'first' } });
    const submit = () => practice.control('submit', { user: ona, values: { why: { words: 'x' } } });
    const titles: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      await submit();
      titles.push(practice.workspace.views.get(practice.workspace.topView.get(ona) ?? '')?.given['title']);
    }
    expect(titles).toEqual([plain('Updated'), plain('Pushed'), plain('Pushed')]);
    expect(await submit()).toMatchObject({ failure: 'push_limit_reached' });
  });
});

describe('an external select', () => {
  test('asks the app for options and sends the chosen one', async () => {
    await using practice = await practise();
    const app = await practice.bolt((bolt) => {
      bolt.options('node', async ({ ack, payload }) => {
        await ack({
          options: ['worker-1', 'worker-2']
            .filter((name) => name.includes(payload.value))
            .map((name) => ({ text: plain(name), value: name })),
        });
      });
      bolt.action('node', ({ ack }) => ack());
    });
    const element = { type: 'external_select', action_id: 'node', min_query_length: 0 };
    const { ts } = await app.client.chat.postMessage({
      channel: incidents,
      text: 'which',
      blocks: [{ type: 'actions', elements: [element] }] as never,
    });
    const at = { user: ona, channel: incidents, message_ts: ts, action_id: 'node' };
    const { options } = await practice.control('suggest', { ...at, typed: '-2' });
    expect(options).toEqual([{ text: plain('worker-2'), value: 'worker-2' }]);
    const [chosen] = options as object[];
    expect(await practice.control('press', { ...at, external_option: chosen })).toMatchObject({ acked: true });
  });
});

describe('an external select in a modal', () => {
  test('asks the app as well, and its choice is submitted', async () => {
    await using practice = await practise();
    const submitted: unknown[] = [];
    await practice.bolt((bolt) => {
      bolt.options('node', ({ ack }) => ack({ options: [{ text: plain('worker-1'), value: 'worker-1' }] }));
      bolt.view('start', async ({ ack, view }) => {
        submitted.push(view.state.values['n']?.['node']?.selected_option?.value);
        await ack();
      });
    });
    const element = { type: 'external_select', action_id: 'node', min_query_length: 0 };
    const blocks = [{ type: 'input', block_id: 'n', label: plain('Node'), element }];
    const trigger = practice.workspace.triggers.issue(ona);
    const opened = await practice.call('views.open', {
      trigger_id: trigger,
      view: { ...form, callback_id: 'start', blocks },
    });
    const { id } = opened['view'] as { id: string };
    const { options } = await practice.control('suggest', { user: ona, view_id: id, action_id: 'node', typed: 'w' });
    const [chosen] = options as object[];
    expect(await practice.control('suggest', { user: sam, view_id: id, action_id: 'node' })).toMatchObject({
      error: 'not_found',
    });
    expect(await practice.control('submit', { user: ona, values: { n: { node: chosen } } })).toMatchObject({
      acked: true,
    });
    expect(submitted).toEqual(['worker-1']);
  });
});

describe('connections', () => {
  test.each(['warning', 'refresh_requested', 'link_disabled'])('come back after disconnect: %s', async (reason) => {
    await using practice = await practise();
    await practice.bolt((app) => app.command('/netdiag', ({ ack }) => ack('here')), 200);
    await practice.control('disconnect', { reason });
    expect(practice.opened.connections.ready).toEqual([]);
    await until(practice.opened, () =>
      practice.opened.connections.ready.some((number) => number > 1) ? true : undefined,
    );
    const outcome = await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    expect(outcome).toMatchObject({ acked: true });
  });

  test('an envelope goes to exactly one of two connections', async () => {
    await using practice = await practise();
    const heard: string[] = [];
    for (const name of ['a', 'b']) {
      await practice.bolt((app) => {
        app.command('/netdiag', async ({ ack, command }) => {
          heard.push(`${name} ${command.text}`);
          await ack();
        });
      });
    }
    for (const text of ['1', '2', '3'])
      await practice.control('command', { user: ona, channel: incidents, text: `/netdiag ${text}` });
    expect(heard.map((one) => one.slice(2))).toEqual(['1', '2', '3']);
    expect(new Set(heard.map((one) => one[0])).size).toBe(2);
  });

  test('a duplicated envelope arrives twice with the same body', async () => {
    await using practice = await practise();
    const heard: string[] = [];
    await practice.bolt((app) => {
      app.command('/netdiag', async ({ ack, command, client }) => {
        heard.push(command.trigger_id);
        await ack();
        if (heard.length === 2) await client.chat.postMessage({ channel: incidents, text: 'twice' });
      });
    });
    await practice.control('chaos', { duplicate: 1 });
    await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    await practice.spoken('twice');
    expect(new Set(heard).size).toBe(1);
  });
});

describe('events', () => {
  test('a mention reaches the app in its channel, not elsewhere', async () => {
    await using practice = await practise();
    await practice.bolt((app) => {
      app.event('app_mention', async ({ event, client }) => {
        await client.chat.postMessage({ channel: event.channel, text: 'you called', thread_ts: event.ts });
      });
    });
    await practice.control('say', { user: ona, channel: 'CGENERAL01', text: 'hello @netdiag' });
    const { ts } = await practice.control('say', { user: ona, channel: incidents, text: 'hello @netdiag' });
    expect((await practice.spoken('you called')).thread_ts).toBe(ts);
    expect(practice.opened.connections.envelopes).toHaveLength(1);
  });

  test('opening the Home tab reaches the app, which publishes it', async () => {
    await using practice = await practise();
    await practice.bolt((app) => {
      app.event('app_home_opened', async ({ client, event }) => {
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'divider' }] } });
      });
    });
    await practice.control('home', { user: ona });
    await until(practice.opened, () => practice.workspace.homes.get(ona));
    expect(practice.violations()).toEqual([]);
  });

  test('that the manifest does not subscribe to are not sent', async () => {
    await using practice = await practise({ manifest: { ...manifest, botEvents: [] } });
    await practice.bolt(() => {});
    await practice.control('home', { user: ona });
    expect(practice.opened.connections.envelopes).toEqual([]);
  });
});

describe('files', () => {
  test('go to a thread in three steps and are shared some time later', async () => {
    await using practice = await practise();
    const app = await practice.bolt(() => {});
    const { ts } = await app.client.chat.postMessage({ channel: incidents, text: 'root' });
    await app.client.filesUploadV2({
      channel_id: incidents,
      thread_ts: ts ?? '',
      file: Buffer.from('pcap'),
      filename: 'a.pcap',
      title: 'A',
      initial_comment: 'the capture',
    });
    const shared = await practice.spoken('the capture');
    expect(shared).toMatchObject({ thread_ts: ts, user: 'UNETDIAG1' });
    const file = practice.workspace.files.get(shared.files?.[0] ?? '');
    expect(file).toMatchObject({ name: 'a.pcap', title: 'A', processed: true });
    expect(file?.bytes?.toString()).toBe('pcap');
    expect(practice.violations().filter((one) => one.startsWith('error'))).toEqual([]);
  });
});
