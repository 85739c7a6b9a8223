import { listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { Desk } from './desk.ts';
import { pressInMessage, pressInView } from './press.ts';
import { runCommand } from './run-command.ts';
import { openHome, say } from './say.ts';
import { runMessageShortcut, runShortcut } from './shortcut.ts';
import { stateValues } from './state-values.ts';
import { closeView, submitView } from './submit-view.ts';
import { suggest } from './suggest.ts';

/** Something a user does. `fields` is what the page or the control face sent; the answer goes back as JSON. */
export type Gesture = (desk: Desk, user: string, fields: JsonObject) => Promise<unknown>;

/**
 * Everything a user can do, by name:
 * `command {channel, text, thread_ts?}` · `say {channel, text, thread_ts?}` ·
 * `press {channel, message_ts, action_id, block_id?, option? | options? | external_option? | value?}` or
 * `{view_id, action_id, …, values?}` ·
 * `suggest {channel, message_ts | view_id, action_id, typed}` · `submit {view_id?, values}` · `close {view_id?}` · `home {tab?}` ·
 * `shortcut {callback_id}` · `message_shortcut {callback_id, channel, message_ts}`.
 */
export const gestures: Readonly<Record<string, Gesture>> = {
  command: (desk, user, fields) =>
    runCommand(desk, user, need(fields, 'channel'), need(fields, 'text'), textOf(fields, 'thread_ts')),

  say: async (desk, user, fields) => ({
    ts: say(desk, user, need(fields, 'channel'), need(fields, 'text'), textOf(fields, 'thread_ts')).ts,
  }),

  press: (desk, user, fields) => {
    const press = {
      actionId: need(fields, 'action_id'),
      blockId: textOf(fields, 'block_id'),
      given: fields['external_option'] ?? fields['options'] ?? fields['option'] ?? fields['value'],
    };
    const viewId = textOf(fields, 'view_id');
    if (viewId === undefined)
      return pressInMessage(
        desk,
        user,
        need(fields, 'channel'),
        need(fields, 'message_ts'),
        press,
        objectOf(fields, 'values'),
      );
    return pressInView(desk, user, viewId, press, entered(desk, viewId, fields));
  },

  suggest: async (desk, user, fields) => {
    const view = textOf(fields, 'view_id');
    const place = view === undefined ? { channel: need(fields, 'channel'), ts: need(fields, 'message_ts') } : { view };
    return { options: await suggest(desk, user, place, need(fields, 'action_id'), textOf(fields, 'typed') ?? '') };
  },

  submit: (desk, user, fields) => {
    const viewId = shownView(desk, user, fields);
    return submitView(desk, user, viewId, entered(desk, viewId, fields));
  },

  close: async (desk, user, fields) => {
    await closeView(desk, user, shownView(desk, user, fields));
    return {};
  },

  home: async (desk, user, fields) => {
    await openHome(desk, user, textOf(fields, 'tab') === 'messages' ? 'messages' : 'home');
    return {};
  },

  shortcut: (desk, user, fields) => runShortcut(desk, user, need(fields, 'callback_id')),

  message_shortcut: (desk, user, fields) =>
    runMessageShortcut(desk, user, need(fields, 'callback_id'), need(fields, 'channel'), need(fields, 'message_ts')),
};

function need(fields: JsonObject, name: string): string {
  const value = textOf(fields, name);
  if (value === undefined) throw new Refusal('missing_field', { field: name });
  return value;
}

function shownView(desk: Desk, user: string, fields: JsonObject): string {
  const id = textOf(fields, 'view_id') ?? desk.workspace.topView.get(user);
  if (id === undefined) throw new Refusal('no_view_open');
  return id;
}

function entered(desk: Desk, viewId: string, fields: JsonObject): JsonObject {
  const view = desk.workspace.views.get(viewId);
  return view === undefined ? {} : stateValues(listOf(view.given['blocks']), objectOf(fields, 'values'));
}
