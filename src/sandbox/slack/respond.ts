import type { JsonObject } from '../json.ts';
import { botUserId, botId, appId } from '../workspace/person.ts';
import type { ResponseSource } from '../workspace/response-urls.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { Args } from './args.ts';
import { readContent } from './message-args.ts';
import { whisper } from './whisper.ts';

const known = [
  'text',
  'blocks',
  'attachments',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'metadata',
  'unfurl_links',
  'unfurl_media',
  'mrkdwn',
];

/**
 * Shows what the app answers through a response_url or in the acknowledgement of a command
 * (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses): replaces or deletes the message
 * the user acted on, or says something new, to the user alone unless `response_type` is `in_channel`.
 */
export function respond(workspace: Workspace, source: ResponseSource, given: JsonObject, where: string): void {
  const args = new Args(given);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) workspace.record.violation('warning', 'unknown_argument', where, name);
  }
  const original = source.messageTs === undefined ? undefined : workspace.message(source.channel, source.messageTs);
  if (args.flag('delete_original')) {
    if (original) workspace.remove(source.channel, original.ts);
    return;
  }
  const content = readContent(workspace, args, where);
  const unsaid = original !== undefined && args.all['replace_original'] === undefined;
  if (unsaid)
    workspace.record.violation('warning', 'replace_original', where, 'say whether the original is to be replaced');
  if (original && (args.flag('replace_original') || (unsaid && source.ephemeral))) {
    const { blocks: _blocks, ...kept } = original;
    const blocks = content.blocks && content.blocks.length > 0 ? { blocks: content.blocks } : {};
    workspace.put({ ...kept, text: content.text, ...blocks });
    return;
  }
  const threadTs = args.text('thread_ts') ?? (source.ephemeral ? source.threadTs : undefined);
  if (args.text('response_type') === 'in_channel') {
    workspace.put({
      type: 'message',
      channel: source.channel,
      ts: workspace.timestamps.next(),
      user: botUserId,
      bot_id: botId,
      app_id: appId,
      text: content.text,
      ...(content.blocks && content.blocks.length > 0 ? { blocks: content.blocks } : {}),
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    });
    return;
  }
  whisper(workspace, {
    channel: source.channel,
    to: source.user,
    from: botUserId,
    threadTs: threadTs ?? source.threadTs,
    ...content,
  });
}
