import { confirm } from '../confirm.ts';
import { flag, list, number, oneOf, shape } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const common = {
  'action_id?': identifier,
  'placeholder?': plainText(150),
  'confirm?': confirm,
  'focus_on_load?': flag,
};
const several = { 'max_selected_items?': number(1) };
const filter = shape({
  'include?': list(oneOf('im', 'mpim', 'private', 'public'), 4, 1),
  'exclude_external_shared_channels?': flag,
  'exclude_bot_users?': flag,
});
const conversation = { 'default_to_current_conversation?': flag, 'filter?': filter };
const ids = list(identifier, 100);

/** Selects whose options are the workspace's own people and conversations, by element type. */
export const peopleSelects: Readonly<Record<string, Rule>> = {
  users_select: shape({ type: oneOf('users_select'), 'initial_user?': identifier, ...common }),
  conversations_select: shape({
    type: oneOf('conversations_select'),
    'initial_conversation?': identifier,
    'response_url_enabled?': flag,
    ...conversation,
    ...common,
  }),
  channels_select: shape({
    type: oneOf('channels_select'),
    'initial_channel?': identifier,
    'response_url_enabled?': flag,
    ...common,
  }),
};

/** The same with several choices (https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element). */
export const multiPeopleSelects: Readonly<Record<string, Rule>> = {
  multi_users_select: shape({ type: oneOf('multi_users_select'), 'initial_users?': ids, ...several, ...common }),
  multi_conversations_select: shape({
    type: oneOf('multi_conversations_select'),
    'initial_conversations?': ids,
    ...conversation,
    ...several,
    ...common,
  }),
  multi_channels_select: shape({
    type: oneOf('multi_channels_select'),
    'initial_channels?': ids,
    ...several,
    ...common,
  }),
};
