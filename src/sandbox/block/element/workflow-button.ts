import { list, oneOf, shape, text } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const parameter = shape({ name: text(255), value: text(3000, 0) });
const trigger = shape({ url: text(3000), 'customizable_input_parameters?': list(parameter, 100) });

/** https://docs.slack.dev/reference/block-kit/block-elements/workflow-button-element */
export const workflowButton = shape({
  type: oneOf('workflow_button'),
  text: plainText(75),
  'action_id?': identifier,
  workflow: shape({ trigger }),
  'style?': oneOf('primary', 'danger'),
  'accessibility_label?': text(75),
});
