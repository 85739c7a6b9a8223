import { confirm } from '../confirm.ts';
import { flag, number, oneOf, pattern, shape, text } from '../rule.ts';
import { identifier, plainText } from '../text-object.ts';

const common = { 'action_id?': identifier, 'confirm?': confirm, 'focus_on_load?': flag };
const day = pattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
const minute = pattern(/^([01]\d|2[0-3]):[0-5]\d$/);

/** https://docs.slack.dev/reference/block-kit/block-elements/date-picker-element */
export const datepicker = shape({
  type: oneOf('datepicker'),
  'initial_date?': day,
  'placeholder?': plainText(150),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/time-picker-element */
export const timepicker = shape({
  type: oneOf('timepicker'),
  'initial_time?': minute,
  'timezone?': text(255),
  'placeholder?': plainText(150),
  ...common,
});

/** https://docs.slack.dev/reference/block-kit/block-elements/datetime-picker-element; ten digits of seconds since 1970. */
export const datetimepicker = shape({
  type: oneOf('datetimepicker'),
  'initial_date_time?': number(1_000_000_000, 9_999_999_999),
  ...common,
});
