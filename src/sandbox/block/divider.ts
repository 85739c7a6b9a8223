import { oneOf, shape } from './rule.ts';
import { identifier } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/divider-block */
export const divider = shape({ type: oneOf('divider'), 'block_id?': identifier });
