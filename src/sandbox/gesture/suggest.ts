import { checkOptions } from '../block/check-options.ts';
import { isObject, listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { Desk } from './desk.ts';
import { findElement } from './find-element.ts';
import { channelFor, interactionBase } from './identity.ts';

/** A user types into an external select: the app is asked for options (`block_suggestion`). At most 100 come back. */
export async function suggest(
  desk: Desk,
  user: string,
  channelId: string,
  ts: string,
  actionId: string,
  typed: string,
): Promise<readonly JsonObject[]> {
  const { workspace, connections } = desk;
  const channel = channelFor(workspace, user, channelId);
  const message = workspace.message(channel.id, ts);
  const found = findElement(message?.blocks ?? [], actionId);
  if (message === undefined || found === undefined) throw new Refusal('action_not_found');
  const delivery = await connections.deliver({
    type: 'interactive',
    takesPayload: true,
    payload: {
      type: 'block_suggestion',
      ...interactionBase(workspace, user),
      action_id: actionId,
      block_id: found.blockId,
      value: typed,
      container: { type: 'message', message_ts: ts, channel_id: channel.id, is_ephemeral: message.only !== undefined },
      channel: { id: channel.id, name: channel.name },
    },
  });
  if (delivery.kind !== 'acked') return [];
  const options = listOf(isObject(delivery.payload) ? delivery.payload['options'] : undefined);
  const faults = checkOptions(options);
  for (const fault of faults) workspace.record.violation('error', 'invalid_options', 'block_suggestion ack', fault);
  return faults.length > 0 ? [] : options.filter(isObject);
}
