import { oneOf, shape } from './rule.ts';
import { identifier, plainText } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
export const header = shape({
  type: oneOf('header'),
  'block_id?': identifier,
  text: plainText(150),
});
