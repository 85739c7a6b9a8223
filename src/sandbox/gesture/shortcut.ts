import { Refusal } from '../refusal.ts';
import { nameInPayload } from '../workspace/channel.ts';
import { messageObject } from '../workspace/message.ts';
import type { JsonObject } from '../json.ts';
import type { Desk } from './desk.ts';
import { channelFor, interactionBase } from './identity.ts';
import type { Outcome } from './run-command.ts';

/** A user chooses a global shortcut of the ⚡ menu (https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload). */
export function runShortcut(desk: Desk, user: string, callbackId: string): Promise<Outcome> {
  return send(desk, user, 'global', callbackId, { type: 'shortcut' });
}

/** A user chooses a shortcut in the menu of a message. */
export async function runMessageShortcut(
  desk: Desk,
  user: string,
  callbackId: string,
  channelId: string,
  ts: string,
): Promise<Outcome> {
  const { workspace } = desk;
  const channel = channelFor(workspace, user, channelId);
  const message = workspace.message(channel.id, ts);
  if (message === undefined || message.only !== undefined) throw new Refusal('message_not_found');
  const responseId = workspace.responses.issue({
    user,
    channel: channel.id,
    ephemeral: false,
    ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
  });
  return send(desk, user, 'message', callbackId, {
    type: 'message_action',
    message_ts: ts,
    channel: { id: channel.id, name: nameInPayload(channel) },
    message: messageObject(message, workspace.team.id),
    response_url: `${workspace.base}/response/${responseId}`,
  });
}

async function send(
  desk: Desk,
  user: string,
  type: 'global' | 'message',
  callbackId: string,
  beside: JsonObject,
): Promise<Outcome> {
  const { workspace, courier } = desk;
  const known = workspace.manifest.shortcuts.find((one) => one.type === type && one.callbackId === callbackId);
  if (known === undefined) throw new Refusal('shortcut_not_found');
  const payload = {
    ...interactionBase(workspace, user),
    ...beside,
    callback_id: callbackId,
    action_ts: workspace.timestamps.next(),
  };
  const delivery = await courier.deliver({ type: 'interactive', takesPayload: true, payload });
  if (delivery.kind === 'acked') return { acked: true, ms: delivery.ms, payload: delivery.payload };
  if (delivery.kind === 'silent')
    workspace.record.violation('error', 'no_ack', String(beside['type']), `${callbackId} was not acknowledged in time`);
  const failure = `${known.name} failed because the app did not respond.`;
  workspace.feed.tell({ kind: 'notice', user, channel: '', text: failure });
  return { acked: false, failure };
}
