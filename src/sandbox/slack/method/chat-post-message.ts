import { Refusal } from '../../refusal.ts';
import { messageObject } from '../../workspace/message.ts';
import { appId, botId, botUserId } from '../../workspace/person.ts';
import { readContent, readMetadata } from '../message-args.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/chat.postMessage */
export const chatPostMessage: Method = {
  name: 'chat.postMessage',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 'posting',
  takes: [
    'channel',
    'text',
    'blocks',
    'attachments',
    'thread_ts',
    'reply_broadcast',
    'unfurl_links',
    'unfurl_media',
    'metadata',
    'mrkdwn',
    'parse',
    'link_names',
    'client_msg_id',
  ],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel'), 'chat:write.public');
    const threadTs = args.text('thread_ts');
    const parent = threadTs === undefined ? undefined : workspace.message(channel.id, threadTs);
    if (threadTs !== undefined && (parent === undefined || parent.only !== undefined))
      throw new Refusal('thread_not_found');
    const content = readContent(workspace, args, 'chat.postMessage');
    const metadata = readMetadata(args);
    const message = workspace.put({
      type: 'message',
      channel: channel.id,
      ts: workspace.timestamps.next(),
      user: botUserId,
      bot_id: botId,
      app_id: appId,
      text: content.text,
      ...(content.blocks ? { blocks: content.blocks } : {}),
      ...(parent === undefined ? {} : { thread_ts: parent.thread_ts ?? parent.ts }),
      ...(args.flag('reply_broadcast') ? { reply_broadcast: true } : {}),
      ...(metadata ? { metadata } : {}),
    });
    return { channel: channel.id, ts: message.ts, message: messageObject(message, workspace.team.id) };
  },
};
