import { isObject, textOf } from '../json.ts';
import { pattern, text } from './rule.ts';
import type { Rule, Tell } from './rule.ts';

/**
 * Whether a file named by id or address can be embedded: it is, once Slack has processed it.
 * The workspace sets the question per check; with none set every well-formed id passes.
 */
export type KnowsFile = (idOrAddress: string) => boolean;

const fileId = pattern(/^[F][A-Z0-9]{8,}$/);

/** A `slack_file` object: `id` or `url` (https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object). */
export const slackFile: Rule = (value, at, tell) => {
  if (!isObject(value)) return tell(at, 'must provide an object');
  const id = textOf(value, 'id');
  if (id !== undefined) fileId(id, `${at}/id`, tell);
  if (id === undefined && value['url'] === undefined) tell(at, 'missing required field: id');
  if (value['url'] !== undefined) text(3000)(value['url'], `${at}/url`, tell);
  for (const name of Object.keys(value))
    if (name !== 'id' && name !== 'url') tell(at, `invalid additional property: ${name}`);
};

/** Tells `invalid slack file` for each image that names a file which the workspace does not have, or has not processed yet. */
export function checkFiles(value: unknown, at: string, knows: KnowsFile, tell: Tell): void {
  if (Array.isArray(value)) value.forEach((entry: unknown, i) => checkFiles(entry, `${at}/${i}`, knows, tell));
  if (!isObject(value)) return;
  const named = value['slack_file'];
  const wanted = textOf(named, 'id') ?? textOf(named, 'url');
  if (value['type'] === 'image' && wanted !== undefined && !knows(wanted))
    tell(`${at}/slack_file`, 'invalid slack file');
  for (const [name, entry] of Object.entries(value)) checkFiles(entry, `${at}/${name}`, knows, tell);
}
