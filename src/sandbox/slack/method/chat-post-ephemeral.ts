import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import { readContent } from '../message-args.ts';
import type { Method } from '../method-shape.ts';
import { whisper } from '../whisper.ts';

/** https://docs.slack.dev/reference/methods/chat.postEphemeral; in a thread it shows only when the thread has begun. */
export const chatPostEphemeral: Method = {
  name: 'chat.postEphemeral',
  token: 'bot',
  scopes: ['chat:write'],
  tier: 4,
  takes: ['channel', 'user', 'text', 'blocks', 'attachments', 'thread_ts', 'parse', 'link_names'],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel'));
    const user = args.need('user');
    if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
    const content = readContent(workspace, args, 'chat.postEphemeral');
    const threadTs = args.text('thread_ts');
    const begun = workspace.messagesOf(channel.id).some((one) => one.thread_ts === threadTs && one.only === undefined);
    if (threadTs !== undefined && !begun) {
      workspace.record.violation(
        'warning',
        'ephemeral_not_shown',
        'chat.postEphemeral',
        'nobody has replied in that thread yet',
      );
      return { message_ts: workspace.timestamps.next() };
    }
    return {
      message_ts: whisper(workspace, { channel: channel.id, to: user, from: botUserId, threadTs, ...content }).ts,
    };
  },
};
