import { h } from '../dom.js';
import { textNodes } from '../words.js';
import { drawElement } from './element.js';
import { picture } from './image.js';

/**
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function card(block, place) {
  return h(
    'section',
    { class: 'card-block', 'aria-label': block.title?.text ?? 'Card' },
    block.hero_image && h('div', { class: 'card-hero' }, picture(block.hero_image)),
    h(
      'div',
      { class: 'card-words' },
      block.icon && picture(block.icon),
      block.title && h('strong', {}, textNodes(block.title)),
      block.subtitle && h('span', { class: 'quiet' }, textNodes(block.subtitle)),
      block.body && h('div', { class: 'prose' }, textNodes(block.body)),
    ),
    block.actions &&
      h(
        'div',
        { class: 'actions' },
        block.actions.map((/** @type {any} */ one) => drawElement(one, block, place)),
      ),
  );
}

/**
 * Cards side by side; the row scrolls when there is no room, with the keyboard too.
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function carousel(block, place) {
  return h(
    'div',
    { class: 'carousel', tabindex: '0', role: 'region', 'aria-label': `${block.elements.length} cards` },
    block.elements.map((/** @type {any} */ one) => card(one, place)),
  );
}
