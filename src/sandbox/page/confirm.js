import { byId, h } from './dom.js';
import { plain, textNodes } from './words.js';

/**
 * Asks before an action, when the element wants it. Resolves to whether to go on.
 * @param {any} wanted the element's `confirm` object, if it has one
 * @returns {Promise<boolean>}
 */
export function confirmed(wanted) {
  if (!wanted) return Promise.resolve(true);
  const dialog = byId('confirm');
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => () => {
      resolve(yes);
      dialog.close();
    };
    dialog.replaceChildren(
      h('h2', { id: 'confirm-title' }, plain(wanted.title) || 'Are you sure?'),
      h('div', { class: 'confirm-text' }, textNodes(wanted.text)),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', onclick: answer(false) }, plain(wanted.deny) || 'Cancel'),
        h(
          'button',
          {
            type: 'button',
            class: `button ${wanted.style === 'danger' ? 'danger' : 'primary'}`,
            onclick: answer(true),
          },
          plain(wanted.confirm) || 'Yes',
        ),
      ),
    );
    dialog.addEventListener('close', () => resolve(false), { once: true });
    dialog.showModal();
  });
}
