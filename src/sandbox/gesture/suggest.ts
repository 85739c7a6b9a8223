import { checkOptions } from '../block/check-options.ts';
import { isObject, listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { viewObject } from '../workspace/view.ts';
import type { Desk } from './desk.ts';
import { findElement } from './find-element.ts';
import { channelFor, interactionBase } from './identity.ts';

/** Where an external select stands: in a message of a channel, or in a view. */
export type SelectPlace = { readonly channel: string; readonly ts: string } | { readonly view: string };

/** A user types into an external select: the app is asked for options (`block_suggestion`). At most 100 come back. */
export async function suggest(
  desk: Desk,
  user: string,
  place: SelectPlace,
  actionId: string,
  typed: string,
): Promise<readonly JsonObject[]> {
  const { workspace, courier } = desk;
  const { blocks, beside } = 'view' in place ? inView(desk, user, place.view) : inMessage(desk, user, place);
  const found = findElement(blocks, actionId);
  if (found === undefined) throw new Refusal('action_not_found');
  const delivery = await courier.deliver({
    type: 'interactive',
    takesPayload: true,
    payload: {
      type: 'block_suggestion',
      ...interactionBase(workspace, user),
      action_id: actionId,
      block_id: found.blockId,
      value: typed,
      ...beside,
    },
  });
  if (delivery.kind !== 'acked') return [];
  const options = listOf(isObject(delivery.payload) ? delivery.payload['options'] : undefined);
  const faults = checkOptions(options);
  for (const fault of faults) workspace.record.violation('error', 'invalid_options', 'block_suggestion ack', fault);
  return faults.length > 0 ? [] : options.filter(isObject);
}

interface Around {
  readonly blocks: readonly unknown[];
  readonly beside: JsonObject;
}

function inMessage({ workspace }: Desk, user: string, place: { channel: string; ts: string }): Around {
  const channel = channelFor(workspace, user, place.channel);
  const message = workspace.message(channel.id, place.ts);
  const ephemeral = message?.only !== undefined;
  const container = { type: 'message', message_ts: place.ts, channel_id: channel.id, is_ephemeral: ephemeral };
  return { blocks: message?.blocks ?? [], beside: { container, channel: { id: channel.id, name: channel.name } } };
}

function inView({ workspace }: Desk, user: string, id: string): Around {
  const view = workspace.views.get(id);
  if (view === undefined || view.user !== user) throw new Refusal('not_found');
  const beside = { container: { type: 'view', view_id: id }, view: viewObject(view, workspace.team.id) };
  return { blocks: listOf(view.given['blocks']), beside };
}
