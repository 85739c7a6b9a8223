import { Refusal } from '../refusal.ts';
import { appId, botUserId } from '../workspace/person.ts';
import type { Message } from '../workspace/message.ts';
import { sendEvent } from './send-event.ts';
import type { Desk } from './desk.ts';
import { channelFor } from './identity.ts';

/**
 * A user posts a message. `@netdiag` becomes a mention, and the app, when it is in the channel, hears `app_mention`;
 * in the conversation with the app it hears `message.im`.
 */
export function say(desk: Desk, user: string, channelId: string, typed: string, threadTs?: string): Message {
  const { workspace } = desk;
  const channel = channelFor(workspace, user, channelId);
  if (channel.kind === 'direct' && !workspace.manifest.messagesTab) throw new Refusal('messages_tab_disabled');
  if (threadTs !== undefined && workspace.message(channel.id, threadTs) === undefined)
    throw new Refusal('thread_not_found');
  const escaped = typed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const text = escaped.replace(/@netdiag\b/g, `<@${botUserId}>`);
  const ts = workspace.timestamps.next();
  const message = workspace.put({
    type: 'message',
    channel: channel.id,
    ts,
    user,
    text,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  });
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
  if (channel.kind === 'direct') {
    void sendEvent(desk, {
      type: 'message',
      channel: channel.id,
      channel_type: 'im',
      user,
      text,
      ts,
      event_ts: ts,
      team: workspace.team.id,
      ...thread,
    });
    return message;
  }
  if (text.includes(`<@${botUserId}>`) && channel.members.has(botUserId)) {
    void sendEvent(desk, {
      type: 'app_mention',
      user,
      text,
      ts,
      channel: channel.id,
      event_ts: ts,
      team: workspace.team.id,
      ...thread,
    });
  }
  return message;
}

/** A user opens the app's Home tab, or the messages with it. */
export async function openHome(desk: Desk, user: string, tab: 'home' | 'messages' = 'home'): Promise<void> {
  const { workspace } = desk;
  workspace.person(user);
  const ts = workspace.timestamps.next();
  const home = workspace.views.get(workspace.homes.get(user) ?? '');
  await sendEvent(desk, {
    type: 'app_home_opened',
    user,
    channel: `D${user.slice(1)}`,
    tab,
    event_ts: ts,
    ...(home && tab === 'home' ? { view: { id: home.id, hash: home.hash, app_id: appId } } : {}),
  });
}
