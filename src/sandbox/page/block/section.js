import { h } from '../dom.js';
import { textNodes } from '../words.js';
import { drawElement } from './element.js';

/**
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function section(block, place) {
  return h(
    'div',
    { class: 'section' },
    h(
      'div',
      { class: 'section-words' },
      block.text && h('div', { class: 'prose' }, textNodes(block.text)),
      block.fields &&
        h(
          'div',
          { class: 'fields' },
          block.fields.map((/** @type {any} */ field) => h('div', { class: 'prose' }, textNodes(field))),
        ),
    ),
    block.accessory && h('div', { class: 'accessory' }, drawElement(block.accessory, block, place)),
  );
}
