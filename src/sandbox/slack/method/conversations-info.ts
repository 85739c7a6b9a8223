import { conversationObject } from '../../workspace/channel.ts';
import { needScopeFor } from '../conversation-scope.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/conversations.info */
export const conversationsInfo: Method = {
  name: 'conversations.info',
  token: 'bot',
  scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
  tier: 3,
  takes: ['channel', 'include_locale', 'include_num_members'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    needScopeFor(workspace, channel, 'read');
    return { channel: conversationObject(channel, workspace.team.id) };
  },
};
