import { h } from '../dom.js';
import { drawElement } from './element.js';

/**
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function actions(block, place) {
  return h(
    'div',
    { class: 'actions' },
    block.elements.map((/** @type {any} */ element) => drawElement(element, block, place)),
  );
}
