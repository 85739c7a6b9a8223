import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { entryOf, isStateless } from './entry.ts';
import { elementsIn } from './find-element.ts';

/**
 * What people have entered into the elements of a view or a message, in the form of `state.values`.
 * `entered` is `{block_id: {action_id: what `entryOf` takes}}`; an element that is missing there has its initial value.
 */
export function stateValues(blocks: readonly unknown[], entered: JsonObject): JsonObject {
  const values: Record<string, Record<string, unknown>> = {};
  for (const { element, blockId } of elementsIn(blocks)) {
    if (isStateless(element)) continue;
    const actionId = String(element['action_id']);
    const block = entered[blockId];
    (values[blockId] ??= {})[actionId] = entryOf(element, isObject(block) ? block[actionId] : undefined);
  }
  return values;
}
