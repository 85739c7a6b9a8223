import { isObject } from '../../json.ts';
import { confirm } from '../confirm.ts';
import { option, optionGroup } from '../option.ts';
import { both, flag, list, number, oneOf, shape } from '../rule.ts';
import type { Rule } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const common = {
  'action_id?': identifier,
  'placeholder?': plainText(150),
  'confirm?': confirm,
  'focus_on_load?': flag,
};

const exactlyOneSource: Rule = (value, at, tell) => {
  if (!isObject(value)) return;
  const given = ['options', 'option_groups'].filter((name) => value[name] !== undefined);
  if (given.length !== 1) tell(at, 'must provide either `options` or `option_groups`');
};

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#static_select */
export const staticSelect: Rule = both(
  shape({
    type: oneOf('static_select'),
    'options?': list(option, 100, 1),
    'option_groups?': list(optionGroup, 100, 1),
    'initial_option?': option,
    ...common,
  }),
  exactlyOneSource,
);

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select */
export const externalSelect = shape({
  type: oneOf('external_select'),
  'initial_option?': option,
  'min_query_length?': number(0),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#static_multi_select */
export const multiStaticSelect: Rule = both(
  shape({
    type: oneOf('multi_static_select'),
    'options?': list(option, 100, 1),
    'option_groups?': list(optionGroup, 100, 1),
    'initial_options?': list(option, 100, 1),
    'max_selected_items?': number(1),
    ...common,
  }),
  exactlyOneSource,
);

/** https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element#external_multi_select */
export const multiExternalSelect = shape({
  type: oneOf('multi_external_select'),
  'initial_options?': list(option, 100, 1),
  'min_query_length?': number(0),
  'max_selected_items?': number(1),
  ...common,
});
