/**
 * Makes an element. Text always becomes a text node, never markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [given] attributes; `class`, `on…` listeners, `data` for data attributes; false, null and undefined leave one out
 * @param {...(Node | string | null | undefined | false | (Node | string)[])} children
 * @returns {HTMLElement}
 */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === 'data') Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? '' : `${/** @type {string | number} */ (value)}`);
  }
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child);
  }
  return element;
}

/**
 * The element with this id.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  return document.querySelector(`#${id}`);
}

/**
 * Words for screen readers only.
 * @param {string} words
 */
export function unseen(words) {
  return h('span', { class: 'unseen' }, words);
}
