import { h } from '../dom.js';
import { textNodes } from '../words.js';
import { picture } from './image.js';

/** @param {any} block */
export function context(block) {
  return h(
    'div',
    { class: 'context' },
    block.elements.map((/** @type {any} */ element) =>
      element.type === 'image' ? picture(element) : h('span', {}, textNodes(element)),
    ),
  );
}
