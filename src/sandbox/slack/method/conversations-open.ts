import { Refusal } from '../../refusal.ts';
import { conversationObject } from '../../workspace/channel.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/conversations.open; this workspace has conversations with one person only. */
export const conversationsOpen: Method = {
  name: 'conversations.open',
  token: 'bot',
  scopes: ['im:write', 'mpim:write', 'channels:manage', 'groups:write'],
  tier: 3,
  takes: ['channel', 'users', 'return_im', 'prevent_creation'],
  run: (args, { workspace }) => {
    const users = (args.text('users') ?? '').split(',').filter((user) => user !== '');
    const named = args.text('channel');
    if (named === undefined && users.length === 0) throw new Refusal('users_list_not_supplied');
    if (users.length > 1) throw new Refusal('method_not_supported_for_channel_type');
    const known = named ?? `D${(users[0] ?? '').slice(1)}`;
    const already = workspace.channels.has(known);
    if (!already && args.flag('prevent_creation')) throw new Refusal('channel_not_found');
    const channel = named === undefined ? workspace.direct(users[0] ?? '') : workspace.channel(named);
    if (channel.kind !== 'direct') throw new Refusal('method_not_supported_for_channel_type');
    const shown = args.flag('return_im') ? conversationObject(channel, workspace.team.id) : { id: channel.id };
    return { channel: shown, ...(already ? { no_op: true, already_open: true } : {}) };
  },
};
