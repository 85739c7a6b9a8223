import { h } from '../dom.js';
import { plain, textNodes } from '../words.js';
import { richText } from './rich-text.js';

/**
 * A container; a collapsible one is a disclosure that remembers, by its key, whether it stands open.
 * @param {any} block
 * @param {import('./index.js').Place} place
 * @param {(blocks: any[], place: import('./index.js').Place) => Node[]} draw
 */
export function container(block, place, draw) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : h('span', {}, plain(block.title));
  const head = [
    h('span', { class: 'container-title' }, title),
    block.subtitle && h('span', { class: 'container-subtitle' }, textNodes(block.subtitle)),
  ];
  const body = h('div', { class: 'container-body' }, draw(block.child_blocks, place));
  if (block.is_collapsible !== true)
    return h('section', { class: 'container' }, h('div', { class: 'container-head' }, head), body);
  return h(
    'details',
    {
      class: 'container',
      open: block.default_collapsed !== true,
      data: { fold: plain(block.title) || block.block_id },
    },
    h('summary', {}, head),
    body,
  );
}
