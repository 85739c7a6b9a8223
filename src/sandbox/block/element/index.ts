import type { Rule } from '../rule.ts';
import { button } from './button.ts';
import { checkboxes, overflow, radioButtons } from './choice.ts';
import { multiPeopleSelects, peopleSelects } from './people-select.ts';
import { datepicker, datetimepicker, timepicker } from './picker.ts';
import { externalSelect, multiExternalSelect, multiStaticSelect, staticSelect } from './select.ts';
import { emailInput, fileInput, numberInput, plainTextInput, richTextInput, urlInput } from './text-input.ts';
import { workflowButton } from './workflow-button.ts';

type Rules = Readonly<Record<string, Rule>>;

const choosing: Rules = {
  checkboxes,
  datepicker,
  external_select: externalSelect,
  multi_external_select: multiExternalSelect,
  multi_static_select: multiStaticSelect,
  radio_buttons: radioButtons,
  static_select: staticSelect,
  timepicker,
  ...peopleSelects,
  ...multiPeopleSelects,
};

/** What an actions block may hold. */
export const actionElements: Rules = {
  ...choosing,
  button,
  datetimepicker,
  overflow,
  rich_text_input: richTextInput,
  workflow_button: workflowButton,
};

/** What may stand beside a section's text; an image as well. */
export const accessoryElements: Rules = { ...choosing, button, overflow, workflow_button: workflowButton };

/** What an input block may hold. */
export const inputElements: Rules = {
  ...choosing,
  datetimepicker,
  email_text_input: emailInput,
  file_input: fileInput,
  number_input: numberInput,
  plain_text_input: plainTextInput,
  rich_text_input: richTextInput,
  url_text_input: urlInput,
};
