import { Refusal } from '../../refusal.ts';
import type { Method } from '../method-shape.ts';

/** A status that nobody clears goes away by itself (https://docs.slack.dev/reference/methods/assistant.threads.setStatus). */
export const statusLifeMs = 2 * 60_000;
const mostLoadingMessages = 10;

/** https://docs.slack.dev/reference/methods/assistant.threads.setStatus; an empty status clears it, and so does a reply of the app. */
export const assistantThreadsSetStatus: Method = {
  name: 'assistant.threads.setStatus',
  token: 'bot',
  scopes: ['chat:write', 'assistant:write'],
  tier: 4,
  takes: ['channel_id', 'thread_ts', 'status', 'loading_messages'],
  run: (args, { workspace }) => {
    const channel = workspace.channelToWriteIn(args.need('channel_id'));
    const threadTs = args.need('thread_ts');
    if (workspace.message(channel.id, threadTs) === undefined) throw new Refusal('thread_not_found');
    if (args.all['status'] === undefined) throw new Refusal('missing_argument');
    const lines = args.structure('loading_messages', 'invalid_arguments');
    if (lines !== undefined && (!Array.isArray(lines) || lines.length > mostLoadingMessages))
      throw new Refusal('invalid_arguments');
    workspace.showStatus(channel.id, threadTs, args.text('status') ?? '', statusLifeMs);
    return {};
  },
};
