import type { JsonObject } from '../json.ts';
import type { Message } from '../workspace/message.ts';
import { appId, botId, botUserId } from '../workspace/person.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** An ephemeral message before it is shown. */
export interface Whisper {
  readonly channel: string;
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[] | undefined;
  readonly threadTs?: string | undefined;
}

/** Shows a message to one user only. It is in no history and cannot be updated later. */
export function whisper(workspace: Workspace, said: Whisper): Message {
  return workspace.put({
    type: 'message',
    channel: said.channel,
    ts: workspace.timestamps.next(),
    user: said.from,
    ...(said.from === botUserId ? { bot_id: botId, app_id: appId } : {}),
    text: said.text,
    only: said.to,
    ...(said.blocks && said.blocks.length > 0 ? { blocks: said.blocks } : {}),
    ...(said.threadTs === undefined ? {} : { thread_ts: said.threadTs }),
  });
}
