import { characters } from '../../characters.ts';
import { Refusal } from '../../refusal.ts';
import { messageObject } from '../../workspace/message.ts';
import type { Message } from '../../workspace/message.ts';
import { botUserId } from '../../workspace/person.ts';
import { readContent, readMetadata } from '../message-args.ts';
import type { Method } from '../method-shape.ts';

const longestText = 4000;

/** https://docs.slack.dev/reference/methods/chat.update; `text` without `blocks` removes the blocks. */
export const chatUpdate: Method = {
  name: 'chat.update',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 3,
  takes: [
    'channel',
    'ts',
    'text',
    'blocks',
    'attachments',
    'metadata',
    'parse',
    'link_names',
    'file_ids',
    'reply_broadcast',
  ],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel'));
    const before = workspace.message(channel.id, args.need('ts'));
    if (before === undefined || before.only !== undefined) throw new Refusal('message_not_found');
    if (before.user !== botUserId) throw new Refusal('cant_update_message');
    if (characters(args.text('text') ?? '') > longestText) throw new Refusal('msg_too_long');
    const content = readContent(workspace, args, 'chat.update');
    const metadata = readMetadata(args) ?? before.metadata;
    const { blocks: _blocks, edited: _edited, metadata: _metadata, ...kept } = before;
    const after: Message = {
      ...kept,
      text: content.text,
      ...(content.blocks && content.blocks.length > 0 ? { blocks: content.blocks } : {}),
      ...(content.blocks ? {} : { edited: { user: botUserId, ts: workspace.timestamps.next() } }),
      ...(metadata ? { metadata } : {}),
    };
    workspace.put(after);
    return { channel: channel.id, ts: after.ts, text: after.text, message: messageObject(after, workspace.team.id) };
  },
};
