import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/reactions.remove */
export const reactionsRemove: Method = {
  name: 'reactions.remove',
  token: 'bot',
  scopes: ['reactions:write'],
  tier: 2,
  takes: ['channel', 'timestamp', 'name'],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel'));
    const message = workspace.message(channel.id, args.need('timestamp'));
    if (message === undefined) throw new Refusal('message_not_found');
    const name = args.need('name');
    const reaction = message.reactions?.find((one) => one.name === name);
    if (!reaction?.users.includes(botUserId)) throw new Refusal('no_reaction');
    const others = (message.reactions ?? []).filter((one) => one.name !== name);
    const users = reaction.users.filter((user) => user !== botUserId);
    workspace.put({ ...message, reactions: users.length > 0 ? [...others, { name, users }] : others });
    return {};
  },
};
