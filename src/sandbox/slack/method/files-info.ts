import { Refusal } from '../../refusal.ts';
import { botUserId } from '../../workspace/person.ts';
import { fileObject } from '../../workspace/stored-file.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/files.info */
export const filesInfo: Method = {
  name: 'files.info',
  token: 'bot',
  scopes: ['files:read'],
  tier: 4,
  takes: ['file', 'cursor', 'limit'],
  run: (args, { workspace }) => {
    const file = workspace.files.get(args.need('file'));
    if (file === undefined || !file.completed) throw new Refusal('file_not_found');
    return { file: fileObject(file, workspace.base, botUserId), comments: [], response_metadata: { next_cursor: '' } };
  },
};
