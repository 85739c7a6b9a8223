import { h } from '../dom.js';
import { link, plain } from '../words.js';
import { drawElement } from './element.js';

/**
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function contextActions(block, place) {
  return h(
    'div',
    { class: 'actions small' },
    block.elements.map((/** @type {any} */ element) => drawElement(element, block, place)),
  );
}

/**
 * Markdown as it was written: this page reads none, and says so.
 * @param {any} block
 */
export function markdown(block) {
  return h(
    'figure',
    { class: 'markdown' },
    h('figcaption', { class: 'quiet' }, 'Markdown, not laid out here'),
    h('pre', { tabindex: '0' }, h('code', {}, block.text)),
  );
}

/**
 * A video, as the link that it stands for; nothing is loaded from elsewhere.
 * @param {any} block
 */
export function video(block) {
  return h(
    'p',
    { class: 'video' },
    '▶ ',
    link(block.title_url ?? block.video_url, plain(block.title)),
    h('small', {}, ` ${block.alt_text}`),
  );
}

/** @param {any} block */
export function remoteFile(block) {
  return h('p', { class: 'quiet' }, `A file that lies elsewhere: ${block.external_id}`);
}
