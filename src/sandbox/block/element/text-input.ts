import { richText } from '../rich-text.ts';
import { byType, flag, list, number, oneOf, shape, text } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const dispatch = shape({ trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2, 1) });
const common = {
  'action_id?': identifier,
  'placeholder?': plainText(150),
  'focus_on_load?': flag,
  'dispatch_action_config?': dispatch,
};

/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
export const plainTextInput = shape({
  type: oneOf('plain_text_input'),
  'initial_value?': text(3000, 0),
  'multiline?': flag,
  'min_length?': number(0, 3000),
  'max_length?': number(1, 3000),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/number-input-element */
export const numberInput = shape({
  type: oneOf('number_input'),
  is_decimal_allowed: flag,
  'initial_value?': text(3000),
  'min_value?': text(3000),
  'max_value?': text(3000),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/email-input-element */
export const emailInput = shape({ type: oneOf('email_text_input'), 'initial_value?': text(3000), ...common });

/** https://docs.slack.dev/reference/block-kit/block-elements/url-input-element */
export const urlInput = shape({ type: oneOf('url_text_input'), 'initial_value?': text(3000), ...common });

/** https://docs.slack.dev/reference/block-kit/block-elements/rich-text-input-element */
export const richTextInput = shape({
  type: oneOf('rich_text_input'),
  'initial_value?': byType({ rich_text: richText }),
  'min_lines?': number(1, 100),
  'max_lines?': number(1, 100),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/file-input-element; only in input blocks of modals. */
export const fileInput = shape({
  type: oneOf('file_input'),
  'action_id?': identifier,
  'filetypes?': list(text(255), 100, 1),
  'max_files?': number(1, 10),
});
