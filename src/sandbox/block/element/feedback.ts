import { confirm } from '../confirm.ts';
import { list, oneOf, shape, text } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const side = shape({ text: plainText(75), 'accessibility_label?': text(75), value: text(2000) });

/** https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element */
export const feedbackButtons = shape({
  type: oneOf('feedback_buttons'),
  'action_id?': identifier,
  positive_button: side,
  negative_button: side,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/icon-button-element; the only icon is the bin. */
export const iconButton = shape({
  type: oneOf('icon_button'),
  icon: oneOf('trash'),
  text: plainText(75),
  'action_id?': identifier,
  'value?': text(2000, 0),
  'confirm?': confirm,
  'accessibility_label?': text(75),
  'visible_to_user_ids?': list(identifier, 100),
});
