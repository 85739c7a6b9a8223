import { Refusal } from '../../refusal.ts';
import { freshId } from '../../workspace/fresh-id.ts';
import type { Method } from '../method-shape.ts';

const longestAltText = 1000;
const largestSnippet = 1024 * 1024;

/** https://docs.slack.dev/reference/methods/files.getUploadURLExternal; the first of three steps. */
export const filesGetUploadUrl: Method = {
  name: 'files.getUploadURLExternal',
  token: 'bot',
  scopes: ['files:write'],
  tier: 4,
  takes: ['filename', 'length', 'alt_txt', 'snippet_type'],
  run: (args, { workspace }) => {
    const name = args.text('filename');
    const length = Number(args.text('length') ?? 0);
    if (name === undefined || !Number.isInteger(length) || length <= 0) throw new Refusal('missing_argument');
    if (args.text('snippet_type') !== undefined && length > largestSnippet) throw new Refusal('snippet_too_large');
    const altText = args.text('alt_txt');
    if (altText !== undefined && altText.length > longestAltText) throw new Refusal('alt_txt_too_large');
    if (altText !== undefined && !/\.(png|jpe?g|gif|webp)$/i.test(name)) {
      workspace.record.violation(
        'warning',
        'alt_txt',
        'files.getUploadURLExternal',
        `alt_txt on ${name}, which is no image`,
      );
    }
    const id = freshId('F');
    workspace.files.set(id, {
      id,
      name,
      length,
      altText,
      created: workspace.now(),
      title: name,
      bytes: undefined,
      completed: false,
      processed: false,
      shares: [],
    });
    return { upload_url: `${workspace.base}/upload/v1/${id}`, file_id: id };
  },
};
