import { Refusal } from '../../refusal.ts';
import { conversationObject } from '../../workspace/channel.ts';
import { botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/conversations.join; public channels only. */
export const conversationsJoin: Method = {
  name: 'conversations.join',
  token: 'bot',
  scopes: ['channels:join'],
  tier: 3,
  takes: ['channel'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
    if (channel.archived) throw new Refusal('is_archived');
    const already = channel.members.has(botUserId);
    channel.members.add(botUserId);
    workspace.feed.tell({ kind: 'channels' });
    return {
      channel: conversationObject(channel, workspace.team.id),
      ...(already ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } } : {}),
    };
  },
};
