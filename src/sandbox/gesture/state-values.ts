import { isObject, listOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { View } from '../workspace/view.ts';
import { elementsIn } from './find-element.ts';

/**
 * What a user entered into a view, in the form of `view.state.values`.
 * `entered` is `{block_id: {action_id: text | option value | list of option values}}`; missing entries count as empty.
 */
export function stateValues(view: View, entered: JsonObject): JsonObject {
  const values: Record<string, Record<string, unknown>> = {};
  for (const { element, blockId } of elementsIn(listOf(view.given['blocks']))) {
    if (element['type'] === 'button' || element['type'] === 'overflow') continue;
    const actionId = String(element['action_id']);
    const block = entered[blockId];
    (values[blockId] ??= {})[actionId] = entryOf(element, isObject(block) ? block[actionId] : undefined);
  }
  return values;
}

function entryOf(element: JsonObject, given: unknown): JsonObject {
  const type = element['type'];
  const groups = listOf(element['option_groups']).flatMap((group) => (isObject(group) ? listOf(group['options']) : []));
  const options = [...listOf(element['options']), ...groups].filter(isObject);
  if (type === 'checkboxes') {
    return { type, selected_options: options.filter((option) => listOf(given).includes(option['value'])) };
  }
  if (type === 'static_select' || type === 'radio_buttons') {
    return { type, selected_option: options.find((option) => option['value'] === given) ?? null };
  }
  if (type === 'external_select') return { type, selected_option: isObject(given) ? given : null };
  return { type, value: typeof given === 'string' && given !== '' ? given : null };
}
