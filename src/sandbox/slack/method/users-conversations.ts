import { conversationObject } from '../../workspace/channel.ts';
import { botUserId } from '../../workspace/person.ts';
import { kindNames, mayRead } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/users.conversations; the app's own conversations unless a user is named. */
export const usersConversations: Method = {
  name: 'users.conversations',
  token: 'bot',
  scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  tier: 3,
  takes: ['cursor', 'limit', 'types', 'exclude_archived', 'user'],
  run: (args, { workspace }) => {
    const user = workspace.person(args.text('user') ?? botUserId).id;
    const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
    const shared = [...workspace.channels.values()].filter(
      (channel) =>
        types.includes(kindNames[channel.kind]) &&
        mayRead(workspace, channel) &&
        channel.members.has(user) &&
        (channel.kind === 'public' || channel.members.has(botUserId)) &&
        !(channel.archived && args.flag('exclude_archived')),
    );
    const { entries, next } = page(shared, args);
    return {
      channels: entries.map((channel) => conversationObject(channel, workspace.team.id)),
      response_metadata: { next_cursor: next },
    };
  },
};
