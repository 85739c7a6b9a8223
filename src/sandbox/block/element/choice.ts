import { confirm } from '../confirm.ts';
import { option, richOption } from '../option.ts';
import { flag, list, oneOf, shape } from '../rule.ts';
import { identifier } from '../text-object.ts';

const common = { 'action_id?': identifier, 'confirm?': confirm };

/** https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element */
export const radioButtons = shape({
  type: oneOf('radio_buttons'),
  options: list(richOption, 10, 1),
  'initial_option?': richOption,
  'focus_on_load?': flag,
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element */
export const checkboxes = shape({
  type: oneOf('checkboxes'),
  options: list(richOption, 10, 1),
  'initial_options?': list(richOption, 10, 1),
  'focus_on_load?': flag,
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element */
export const overflow = shape({ type: oneOf('overflow'), options: list(option, 5, 1), ...common });
