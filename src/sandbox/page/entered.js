/** @type {WeakMap<Element, {block: string, action: string, read: () => unknown}>} */
const readers = new WeakMap();

/**
 * Marks a node as holding something that people enter, and says how to read it.
 * @param {HTMLElement} node
 * @param {string} block
 * @param {string} action
 * @param {() => unknown} read
 */
export function holds(node, block, action, read) {
  node.dataset['holds'] = '';
  readers.set(node, { block, action, read });
  return node;
}

/**
 * What has been entered below a node: by block id, then action id.
 * @param {Element | null} root
 */
export function entered(root) {
  /** @type {Record<string, Record<string, unknown>>} */
  const values = {};
  for (const node of root?.querySelectorAll('[data-holds]') ?? []) {
    const held = readers.get(node);
    if (held) (values[held.block] ??= {})[held.action] = held.read();
  }
  return values;
}
