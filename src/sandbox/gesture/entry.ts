import { isObject, listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** What an element holds that takes one plain value: the field of the payload, and the element's own initial value. */
const single: Readonly<Record<string, readonly [field: string, initial: string]>> = {
  channels_select: ['selected_channel', 'initial_channel'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  users_select: ['selected_user', 'initial_user'],
};

const several: Readonly<Record<string, readonly [field: string, initial: string]>> = {
  multi_channels_select: ['selected_channels', 'initial_channels'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'],
  multi_users_select: ['selected_users', 'initial_users'],
};

/** Elements that hold nothing: they are pressed and that is all. */
export function isStateless(element: JsonObject): boolean {
  return ['button', 'overflow', 'workflow_button', 'feedback_buttons', 'icon_button'].includes(String(element['type']));
}

/**
 * What an element holds, in the form of `state.values` and of an action: its type and its `value`, `selected_option`,
 * `selected_options` and so on (https://docs.slack.dev/reference/interaction-payloads/block_actions-payload).
 * `given` is text, the value of an option, a list of either, or a whole option; undefined leaves the initial value.
 */
export function entryOf(element: JsonObject, given: unknown): JsonObject {
  const type = String(element['type']);
  const one = single[type];
  if (one) return { type, [one[0]]: text(given === undefined ? element[one[1]] : given) };
  const many = several[type];
  if (many) return { type, [many[0]]: listOf(given === undefined ? element[many[1]] : given) };
  switch (type) {
    case 'datetimepicker': {
      const at = Number(given === undefined ? (element['initial_date_time'] ?? NaN) : given === '' ? NaN : given);
      return { type, selected_date_time: Number.isFinite(at) ? at : null };
    }
    case 'checkboxes':
    case 'multi_static_select': {
      if (given === undefined) return { type, selected_options: listOf(element['initial_options']) };
      return { type, selected_options: optionsOf(element).filter((option) => listOf(given).includes(option['value'])) };
    }
    case 'multi_external_select':
      return { type, selected_options: listOf(given ?? element['initial_options']).filter(isObject) };
    case 'static_select':
    case 'radio_buttons':
    case 'overflow': {
      if (given === undefined) return { type, selected_option: element['initial_option'] ?? null };
      return { type, selected_option: optionsOf(element).find((option) => option['value'] === given) ?? null };
    }
    case 'external_select':
      return {
        type,
        selected_option: isObject(given) ? given : given === undefined ? (element['initial_option'] ?? null) : null,
      };
    case 'rich_text_input':
      return { type, rich_text_value: richText(given === undefined ? '' : given) ?? element['initial_value'] ?? null };
    case 'file_input':
      return { type, files: listOf(given) };
    default:
      return { type, value: text(given === undefined ? element['initial_value'] : given) };
  }
}

/** Every option of an element, those in groups included. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const groups = listOf(element['option_groups']).flatMap((group) => (isObject(group) ? listOf(group['options']) : []));
  return [...listOf(element['options']), ...groups].filter(isObject);
}

/** Whether an entry holds anything that was entered. */
export function isFilled(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  return Object.entries(entry).some(
    ([name, held]) =>
      name !== 'type' && held !== null && held !== undefined && !(Array.isArray(held) && held.length === 0),
  );
}

function text(given: unknown): string | null {
  return typeof given === 'string' && given !== '' ? given : null;
}

function richText(given: unknown): JsonObject | undefined {
  if (typeof given !== 'string' || given === '') return undefined;
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: given }] }] };
}
