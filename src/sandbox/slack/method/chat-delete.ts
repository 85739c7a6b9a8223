import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/chat.delete */
export const chatDelete: Method = {
  name: 'chat.delete',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 3,
  takes: ['channel', 'ts'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    const message = workspace.message(channel.id, args.need('ts'));
    if (message === undefined || message.only !== undefined) throw new Refusal('message_not_found');
    if (message.user !== botUserId) throw new Refusal('cant_delete_message');
    workspace.remove(channel.id, message.ts);
    return { channel: channel.id, ts: message.ts };
  },
};
