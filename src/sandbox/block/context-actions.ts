import { feedbackButtons, iconButton } from './element/feedback.ts';
import { byType, list, oneOf, shape } from './rule.ts';
import { identifier } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/context-actions-block; messages only. */
export const contextActions = shape({
  type: oneOf('context_actions'),
  'block_id?': identifier,
  elements: list(byType({ feedback_buttons: feedbackButtons, icon_button: iconButton }), 5, 1),
});
