import { oneOf, shape } from './rule.ts';
import { identifier } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/file-block; only remote files have one. */
export const file = shape({
  type: oneOf('file'),
  'block_id?': identifier,
  source: oneOf('remote'),
  external_id: identifier,
});
