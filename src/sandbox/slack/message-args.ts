import { isObject, listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { activeIn } from '../markup/active-in.ts';
import { blocksWithIds } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Args } from './args.ts';
import { passedBlocks } from './check-blocks.ts';

/** Text above this is cut by chat.postMessage (https://docs.slack.dev/changelog/2018-truncating-really-long-messages). */
const longestText = 40_000;
const adviseText = 4000;

/** What a message says: its text, and its blocks when it has any. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly JsonObject[] | undefined;
}

/**
 * Reads `text` and `blocks` of a message call. An empty list of blocks counts as given and removes blocks.
 * Refuses with `no_text` when there is neither, and records text that Slack would cut or that has no accessible fallback.
 */
export function readContent(workspace: Workspace, args: Args, where: string): Content {
  if (args.text('attachments') !== undefined)
    workspace.record.violation('warning', 'attachments', where, 'attachments are not shown here');
  const given = args.structure('blocks', 'invalid_blocks_format');
  const text = args.text('text') ?? '';
  const blocks = given === undefined ? undefined : blocksWithIds(passedBlocks(workspace, given, where));
  if (text === '' && listOf(blocks).length === 0) throw new Refusal('no_text');
  if (text === '')
    workspace.record.violation(
      'warning',
      'no_fallback_text',
      where,
      'blocks without text say nothing in notifications',
    );
  if (text.length > adviseText)
    workspace.record.violation('warning', 'long_text', where, `text of ${text.length} characters`);
  workspace.record.active(where, activeIn({ text, blocks: blocks ?? [] }));
  return { text: text.slice(0, longestText), blocks };
}

/** Message metadata: `event_type` and `event_payload` (https://docs.slack.dev/messaging/message-metadata). */
export function readMetadata(args: Args): JsonObject | undefined {
  const given = args.structure('metadata', 'invalid_metadata_format');
  if (given === undefined) return undefined;
  if (!isObject(given) || typeof given['event_type'] !== 'string' || !isObject(given['event_payload'])) {
    throw new Refusal('invalid_metadata_format');
  }
  return given;
}
