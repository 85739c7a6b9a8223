import { byId, h } from './dom.js';

const shownMs = 8000;

/**
 * Shows a sentence for a while, and reads it out.
 * @param {string} words
 */
export function showNotice(words) {
  const notice = h('p', { class: 'notice' }, words);
  byId('notices').append(notice);
  setTimeout(() => notice.remove(), shownMs);
}
