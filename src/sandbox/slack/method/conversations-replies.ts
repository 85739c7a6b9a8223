import { Refusal } from '../../refusal.ts';
import { messageObject } from '../../workspace/message.ts';
import { botUserId } from '../../workspace/person.ts';
import { needScopeFor } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/conversations.replies; ephemeral messages are not among them. */
export const conversationsReplies: Method = {
  name: 'conversations.replies',
  token: 'bot',
  scopes: ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  tier: 3,
  takes: ['channel', 'ts', 'cursor', 'limit', 'oldest', 'latest', 'inclusive', 'include_all_metadata'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    needScopeFor(workspace, channel, 'history');
    if (!channel.members.has(botUserId)) throw new Refusal('not_in_channel');
    const ts = args.need('ts');
    const thread = workspace
      .messagesOf(channel.id)
      .filter((message) => message.only === undefined && (message.ts === ts || message.thread_ts === ts));
    if (thread.length === 0) throw new Refusal('thread_not_found');
    const { entries, next } = page(thread, args);
    return {
      messages: entries.map((message) => messageObject(message, workspace.team.id)),
      has_more: next !== '',
      response_metadata: { next_cursor: next },
    };
  },
};
