import { h } from '../dom.js';
import { textNodes } from '../words.js';

/** @param {any} block */
export function alert(block) {
  return h('div', { class: `alert ${block.level ?? 'default'}`, role: 'note' }, textNodes(block.text));
}
