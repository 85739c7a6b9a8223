import { confirm } from '../confirm.ts';
import { oneOf, shape, text } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const button = shape({
  type: oneOf('button'),
  text: plainText(75),
  'action_id?': identifier,
  'value?': text(2000, 0),
  'url?': text(3000),
  'style?': oneOf('primary', 'danger'),
  'confirm?': confirm,
  'accessibility_label?': text(75),
});
