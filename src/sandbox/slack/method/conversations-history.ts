import { Refusal } from '../../refusal.ts';
import { messageObject } from '../../workspace/message.ts';
import { botUserId } from '../../workspace/person.ts';
import { needScopeFor } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/conversations.history; newest first, without replies and ephemeral messages. */
export const conversationsHistory: Method = {
  name: 'conversations.history',
  token: 'bot',
  scopes: ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  tier: 3,
  takes: ['channel', 'cursor', 'limit', 'oldest', 'latest', 'inclusive', 'include_all_metadata'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    needScopeFor(workspace, channel, 'history');
    if (!channel.members.has(botUserId)) throw new Refusal('not_in_channel');
    const oldest = Number(args.text('oldest') ?? 0);
    const latest = Number(args.text('latest') ?? Infinity);
    const inclusive = args.flag('inclusive');
    const inside = (ts: number): boolean =>
      (ts > oldest && ts < latest) || (inclusive && (ts === oldest || ts === latest));
    const told = workspace
      .messagesOf(channel.id)
      .filter((message) => message.only === undefined && inside(Number(message.ts)))
      .filter((message) => [undefined, message.ts].includes(message.thread_ts) || message.reply_broadcast === true);
    const { entries, next } = page(told.toReversed(), args);
    return {
      messages: entries.map((message) => messageObject(message, workspace.team.id)),
      has_more: next !== '',
      response_metadata: { next_cursor: next },
    };
  },
};
