import { Refusal } from '../../refusal.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/chat.getPermalink; has no rate limit of its own. */
export const chatGetPermalink: Method = {
  name: 'chat.getPermalink',
  token: 'bot',
  scopes: [],
  tier: 'free',
  takes: ['channel', 'message_ts'],
  run: (args, { workspace }) => {
    const channel = workspace.channel(args.need('channel'));
    const message = workspace.message(channel.id, args.need('message_ts'));
    if (message === undefined || message.only !== undefined) throw new Refusal('message_not_found');
    const thread = message.thread_ts === undefined ? '' : `?thread_ts=${message.thread_ts}&cid=${channel.id}`;
    return {
      channel: channel.id,
      permalink: `${workspace.base}/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`,
    };
  },
};
