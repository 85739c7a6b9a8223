import { needScopeFor } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/conversations.members */
export const conversationsMembers: Method = {
  name: 'conversations.members',
  token: 'bot',
  scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  tier: 4,
  takes: ['channel', 'cursor', 'limit'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    needScopeFor(workspace, channel, 'read');
    const { entries, next } = page([...channel.members], args);
    return { members: entries, response_metadata: { next_cursor: next } };
  },
};
