import { randomInt } from 'node:crypto';
import { isObject, listOf, textOf } from '../../json.ts';
import { activeIn } from '../../markup/active-in.ts';
import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import { fileObject } from '../../workspace/stored-file.ts';
import type { StoredFile } from '../../workspace/stored-file.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { invalidArguments } from '../args.ts';
import type { Args } from '../args.ts';
import type { Method } from '../method-shape.ts';
import { shareFiles } from '../share-files.ts';

/** https://docs.slack.dev/reference/methods/files.completeUploadExternal; the answer comes before the files are shared. */
export const filesCompleteUpload: Method = {
  name: 'files.completeUploadExternal',
  token: 'bot',
  scopes: ['files:write'],
  tier: 4,
  takes: ['files', 'channel_id', 'channels', 'thread_ts', 'initial_comment', 'blocks'],
  run: (args, { workspace }) => {
    const files = named(workspace, args);
    const wanted = args.text('channel_id');
    const channel = wanted === undefined ? undefined : workspace.channelToWriteIn(wanted);
    const threadTs = args.text('thread_ts');
    if (channel && threadTs !== undefined && !workspace.message(channel.id, threadTs))
      throw new Refusal('thread_not_found');
    const answer = files.map((file) => fileObject(file, workspace.base, botUserId));
    const [from, to] = workspace.chaos.shareDelayMs;
    for (const file of files) file.completed = true;
    const comment = args.text('initial_comment') ?? '';
    workspace.record.active('files.completeUploadExternal', activeIn({ text: comment }));
    const share = { files, channel: channel?.id, threadTs, comment };
    setTimeout(() => shareFiles(workspace, share), from === to ? from : randomInt(from, to)).unref();
    return { files: answer };
  },
};

function named(workspace: Workspace, args: Args): StoredFile[] {
  const given = args.structure('files', 'invalid_arguments');
  if (!Array.isArray(given) || given.length === 0) throw invalidArguments(['missing required field: files']);
  return listOf(given).map((entry) => {
    const file = workspace.files.get(textOf(entry, 'id') ?? '');
    if (file === undefined || file.bytes === undefined || file.completed) throw new Refusal('file_not_found');
    const title = textOf(entry, 'title');
    if (title !== undefined) file.title = title;
    if (isObject(entry) && entry['alt_text'] !== undefined) {
      workspace.record.violation(
        'warning',
        'alt_text',
        'files.completeUploadExternal',
        'the argument is called alt_txt',
      );
    }
    return file;
  });
}
