import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/reactions.add */
export const reactionsAdd: Method = {
  name: 'reactions.add',
  token: 'bot',
  scopes: ['reactions:write'],
  tier: 3,
  takes: ['channel', 'timestamp', 'name'],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel'));
    const message = workspace.message(channel.id, args.need('timestamp'));
    if (message === undefined) throw new Refusal('message_not_found');
    const name = args.need('name');
    const others = (message.reactions ?? []).filter((reaction) => reaction.name !== name);
    const users = message.reactions?.find((reaction) => reaction.name === name)?.users ?? [];
    if (users.includes(botUserId)) throw new Refusal('already_reacted');
    workspace.put({ ...message, reactions: [...others, { name, users: [...users, botUserId] }] });
    return {};
  },
};
