import { h } from '../dom.js';
import { plain } from '../words.js';

/** @param {any} block */
export function header(block) {
  return h('h3', { class: 'header' }, plain(block.text));
}
