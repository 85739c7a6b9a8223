import { checkboxes, radioButtons } from './element/choice.ts';
import { externalSelect, staticSelect } from './element/select.ts';
import { numberInput, plainTextInput } from './element/text-input.ts';
import { byType, flag, oneOf, shape } from './rule.ts';
import { identifier, plainText } from './text-object.ts';

const element = byType({
  checkboxes,
  external_select: externalSelect,
  number_input: numberInput,
  plain_text_input: plainTextInput,
  radio_buttons: radioButtons,
  static_select: staticSelect,
});

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const input = shape({
  type: oneOf('input'),
  'block_id?': identifier,
  label: plainText(2000),
  element,
  'hint?': plainText(2000),
  'optional?': flag,
  'dispatch_action?': flag,
});
