import { isObject, listOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** An element that a user can act on, and the block it is in. */
export interface Found {
  readonly element: JsonObject;
  readonly blockId: string;
}

/** Every interactive element in the blocks, in reading order. */
export function elementsIn(blocks: readonly unknown[]): Found[] {
  return blocks.flatMap((block) => {
    if (!isObject(block)) return [];
    const blockId = textOf(block, 'block_id') ?? '';
    const own = [...listOf(block['elements']), block['accessory'], block['element'], ...listOf(block['actions'])];
    const cards = block['type'] === 'carousel' ? listOf(block['elements']) : [];
    const found = own.filter(isObject).filter((element) => typeof element['action_id'] === 'string');
    return [
      ...found.map((element) => ({ element, blockId })),
      ...elementsIn(listOf(block['child_blocks'])),
      ...elementsIn(cards),
    ];
  });
}

/** The element with this action_id (in this block, when named); undefined when the message has none. */
export function findElement(blocks: readonly unknown[], actionId: string, blockId?: string): Found | undefined {
  return elementsIn(blocks).find(
    (found) => found.element['action_id'] === actionId && (blockId === undefined || found.blockId === blockId),
  );
}
