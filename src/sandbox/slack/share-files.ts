import { appId, botId, botUserId } from '../workspace/person.ts';
import type { StoredFile } from '../workspace/stored-file.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Files that wait to be shared, and where. With no channel they are only processed. */
export interface Share {
  readonly files: readonly StoredFile[];
  readonly channel: string | undefined;
  readonly threadTs: string | undefined;
  readonly comment: string;
}

/** Marks the files as processed and posts the message that carries them. */
export function shareFiles(workspace: Workspace, share: Share): void {
  for (const file of share.files) file.processed = true;
  if (share.channel === undefined) return;
  const ts = workspace.timestamps.next();
  const thread = share.threadTs === undefined ? {} : { thread_ts: share.threadTs };
  for (const file of share.files) file.shares.push({ channel: share.channel, ts, ...thread });
  workspace.put({
    type: 'message',
    channel: share.channel,
    ts,
    user: botUserId,
    bot_id: botId,
    app_id: appId,
    text: share.comment,
    files: share.files.map((file) => file.id),
    ...thread,
  });
}
