import { oneOf, shape } from './rule.ts';
import { anyText, identifier } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/alert-block; modals only. */
export const alert = shape({
  type: oneOf('alert'),
  'block_id?': identifier,
  text: anyText(200),
  'level?': oneOf('default', 'info', 'warning', 'error', 'success'),
});
