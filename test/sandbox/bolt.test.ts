import { describe, expect, test } from 'vitest';
import { boltApp, practise, until } from './practice.ts';
import type { Message } from '../../src/sandbox/workspace/message.ts';

const channel = 'CINCIDENTS';
const ona = 'UONCALL01';

function button(actionId: string, text: string): object {
  return {
    type: 'actions',
    block_id: `b_${actionId}`,
    elements: [{ type: 'button', action_id: actionId, text: { type: 'plain_text', text }, value: 'v1' }],
  };
}

describe('the unmodified Bolt app', () => {
  test('starts with auth.test, apps.connections.open and one connection', async () => {
    await using practice = await practise();
    await using _app = await boltApp(practice.said, () => {});
    const { calls, violations } = (await practice.control('calls')) as {
      calls: { method: string }[];
      violations: unknown[];
    };
    expect(calls.map((one) => one.method)).toEqual(['auth.test', 'apps.connections.open']);
    expect(practice.opened.connections.ready).toEqual([1]);
    expect(violations).toEqual([]);
  });

  test('a slash command is acknowledged, answered in the channel and in the thread', async () => {
    await using practice = await practise();
    await using _app = await boltApp(practice.said, (app) => {
      app.command('/netdiag', async ({ ack, client, command }) => {
        await ack();
        const root = await client.chat.postMessage({ channel: command.channel_id, text: `looking at ${command.text}` });
        await client.chat.postMessage({ channel: command.channel_id, text: 'in the thread', thread_ts: root.ts ?? '' });
      });
    });
    const outcome = await practice.control('command', { user: ona, channel, text: '/netdiag  ip-10-0-10-207  --x ' });
    expect(outcome).toMatchObject({ ok: true, acked: true });
    const reply = await until(practice.opened, () =>
      practice.opened.workspace.messagesOf(channel).find((one) => one.text === 'in the thread'),
    );
    const root = practice.opened.workspace.message(channel, reply.thread_ts ?? '');
    expect(root).toMatchObject({ text: 'looking at ip-10-0-10-207  --x', user: 'UNETDIAG1' });
  });

  test('a text given to ack is shown to the user alone', async () => {
    await using practice = await practise();
    await using _app = await boltApp(practice.said, (app) => {
      app.command('/netdiag', ({ ack }) => ack('which node?'));
    });
    await practice.control('command', { user: ona, channel, text: '/netdiag' });
    expect(practice.opened.workspace.messagesOf(channel)).toMatchObject([{ text: 'which node?', only: ona }]);
  });

  test('a button press arrives as block_actions; update, ephemeral and respond work', async () => {
    await using practice = await practise();
    const { workspace } = practice.opened;
    await using app = await boltApp(practice.said, (bolt) => {
      bolt.action('go', async ({ ack, body, client, respond }) => {
        await ack();
        if (body.type !== 'block_actions' || !body.message) throw new Error('unexpected body');
        await client.chat.update({ channel, ts: body.message.ts, text: `done by ${body.user.id}` });
        await client.chat.postEphemeral({ channel, user: body.user.id, text: 'only you' });
        await respond({ text: 'through the address', replace_original: false, response_type: 'ephemeral' });
      });
    });
    const posted = await app.client.chat.postMessage({ channel, text: 'press', blocks: [button('go', 'Go')] as never });
    const outcome = await practice.control('press', { user: ona, channel, message_ts: posted.ts, action_id: 'go' });
    expect(outcome).toMatchObject({ acked: true });
    await until(practice.opened, () => workspace.messagesOf(channel).find((one) => one.text === 'through the address'));
    const after = workspace.message(channel, posted.ts ?? '') as Message;
    expect(after.text).toBe('done by UONCALL01');
    expect(after.blocks).toBeUndefined();
    expect(workspace.messagesOf(channel).find((one) => one.text === 'only you')?.only).toBe(ona);
    expect(workspace.record.violations).toEqual([]);
  });
});
