import { isObject, listOf, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { Message } from '../workspace/message.ts';
import { messageObject } from '../workspace/message.ts';
import { viewObject } from '../workspace/view.ts';
import type { View } from '../workspace/view.ts';
import { nameInPayload } from '../workspace/channel.ts';
import type { Desk } from './desk.ts';
import { entryOf } from './entry.ts';
import { findElement } from './find-element.ts';
import type { Found } from './find-element.ts';
import { channelFor, interactionBase } from './identity.ts';
import type { Outcome } from './run-command.ts';
import { stateValues } from './state-values.ts';

/** Which element a user acts on, and what was chosen or entered (see `entryOf`). */
export interface Press {
  readonly actionId: string;
  readonly blockId?: string | undefined;
  readonly given?: unknown;
}

/** A user acts on an element of a message: the app gets `block_actions` and has 3 s to acknowledge. */
export async function pressInMessage(
  desk: Desk,
  user: string,
  channelId: string,
  ts: string,
  press: Press,
  entered: JsonObject = {},
): Promise<Outcome> {
  const { workspace } = desk;
  const channel = channelFor(workspace, user, channelId);
  const message = workspace.message(channel.id, ts);
  if (message === undefined || (message.only !== undefined && message.only !== user))
    throw new Refusal('message_not_found');
  const found = findElement(message.blocks ?? [], press.actionId, press.blockId);
  if (found === undefined) throw new Refusal('action_not_found');
  const ephemeral = message.only !== undefined;
  const responseId = workspace.responses.issue({
    user,
    channel: channel.id,
    messageTs: ts,
    ephemeral,
    ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
  });
  const outcome = await send(desk, user, found, press, {
    container: containerOf(message),
    channel: { id: channel.id, name: nameInPayload(channel) },
    ...(ephemeral ? {} : { message: messageObject(message, workspace.team.id) }),
    state: { values: stateValues(message.blocks ?? [], { ...entered, ...stateOf(found, press, entered) }) },
    response_url: `${workspace.base}/response/${responseId}`,
  });
  if (outcome.failure !== undefined)
    workspace.feed.tell({ kind: 'notice', user, channel: channel.id, ts, text: outcome.failure });
  return outcome;
}

/** A user acts on an element of a view. */
export async function pressInView(
  desk: Desk,
  user: string,
  viewId: string,
  press: Press,
  values: JsonObject,
): Promise<Outcome> {
  const { workspace } = desk;
  const view: View | undefined = workspace.views.get(viewId);
  if (view === undefined || view.user !== user) throw new Refusal('not_found');
  const found = findElement(listOf(view.given['blocks']), press.actionId, press.blockId);
  if (found === undefined) throw new Refusal('action_not_found');
  return send(desk, user, found, press, {
    container: { type: 'view', view_id: view.id },
    view: viewObject(view, workspace.team.id, values),
  });
}

async function send(desk: Desk, user: string, found: Found, press: Press, beside: JsonObject): Promise<Outcome> {
  const { workspace, courier } = desk;
  const delivery = await courier.deliver({
    type: 'interactive',
    takesPayload: true,
    payload: {
      type: 'block_actions',
      ...interactionBase(workspace, user),
      ...beside,
      actions: [actionOf(found, press, workspace.timestamps.next())],
    },
  });
  if (delivery.kind === 'acked') return { acked: true, ms: delivery.ms, payload: delivery.payload };
  if (delivery.kind === 'silent') {
    workspace.record.violation('error', 'no_ack', 'block_actions', `${press.actionId} was not acknowledged in time`);
  }
  return { acked: false, failure: 'This action did not work: the app did not respond.' };
}

/** The action as the payload names it (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload). */
function actionOf(found: Found, press: Press, at: string): JsonObject {
  const { element, blockId } = found;
  const base = { type: element['type'], action_id: element['action_id'], block_id: blockId, action_ts: at };
  switch (element['type']) {
    case 'button':
    case 'icon_button':
    case 'workflow_button': {
      const { text, value, style } = element;
      return { ...base, text, ...(value === undefined ? {} : { value }), ...(style === undefined ? {} : { style }) };
    }
    case 'feedback_buttons': {
      const sides = [element['positive_button'], element['negative_button']];
      const side = sides.find((one) => isObject(one) && one['value'] === press.given);
      if (!isObject(side)) throw new Refusal('option_not_found');
      return { ...base, text: side['text'], value: side['value'] };
    }
    default: {
      const entry = entryOf(element, press.given);
      if (entry['selected_option'] === null) throw new Refusal('option_not_found');
      return { ...base, ...entry };
    }
  }
}

/** What this press entered, beside what else the page knows of the block, as `stateValues` takes it. */
function stateOf({ element, blockId }: Found, { given }: Press, entered: JsonObject): JsonObject {
  if (given === undefined) return {};
  return { [blockId]: { ...objectOf(entered, blockId), [String(element['action_id'])]: given } };
}

function containerOf(message: Message): JsonObject {
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: message.channel,
    is_ephemeral: message.only !== undefined,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  };
}
