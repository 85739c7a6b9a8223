import { conversationObject } from '../../workspace/channel.ts';
import { botUserId } from '../../workspace/person.ts';
import { kindNames, mayRead } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/conversations.list */
export const conversationsList: Method = {
  name: 'conversations.list',
  token: 'bot',
  scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  tier: 2,
  takes: ['cursor', 'limit', 'types', 'exclude_archived'],
  run: (args, { workspace }) => {
    const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
    const visible = [...workspace.channels.values()].filter(
      (channel) =>
        types.includes(kindNames[channel.kind]) &&
        mayRead(workspace, channel) &&
        (channel.kind === 'public' || channel.members.has(botUserId)),
    );
    const { entries, next } = page(visible, args);
    return {
      channels: entries.map((channel) => conversationObject(channel, workspace.team.id)),
      response_metadata: { next_cursor: next },
    };
  },
};
