import { drawBlocks } from './block/index.js';
import { confirmed } from './confirm.js';
import { byId, h } from './dom.js';
import { entered } from './entered.js';
import { act } from './send.js';
import { state } from './state.js';
import { plain } from './words.js';

/** Makes Escape close the topmost view through the app's workspace instead of only hiding it. */
export function wireModal() {
  byId('modal').addEventListener('cancel', (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state.view) void act('close', { view_id: state.view.id });
  });
}

/** Shows the topmost view of the user, or closes the dialog when there is none. */
export function drawModal() {
  const dialog = byId('modal');
  const { view } = state;
  if (!view) {
    if (dialog.open) dialog.close();
    return;
  }
  const place = {
    press: async (/** @type {object} */ press, /** @type {any} */ element) => {
      if (await confirmed(element.confirm)) await act('press', { view_id: view.id, ...press, values: entered(dialog) });
    },
    suggest: async (/** @type {string} */ actionId, /** @type {string} */ typed) =>
      (await act('suggest', { view_id: view.id, action_id: actionId, typed }))?.options ?? [],
  };
  const close = () => void act('close', { view_id: view.id });
  dialog.replaceChildren(
    h(
      'form',
      {
        method: 'dialog',
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          showErrors({});
          void act('submit', { view_id: view.id, values: entered(dialog) });
        },
      },
      h('h2', { id: 'modal-title' }, plain(view.title)),
      h('div', { class: 'blocks' }, drawBlocks(view.blocks, place)),
      h('p', { class: 'field-error', role: 'alert', data: { errorFor: '' } }),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', onclick: close }, plain(view.close) || 'Close'),
        view.submit && h('button', { type: 'submit', class: 'button primary' }, plain(view.submit)),
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
  /** @type {HTMLElement | null} */
  const first = dialog.querySelector('.blocks :is(input, textarea, select, button)');
  (first ?? dialog.querySelector('.dialog-buttons button'))?.focus();
}

/**
 * Shows the errors that the app gave for its inputs, by block id.
 * @param {Record<string, string>} errors
 */
export function showErrors(errors) {
  /** @type {HTMLElement | null} */
  let first = null;
  for (const place of byId('modal').querySelectorAll('[data-error-for]')) {
    const words = errors[place.dataset['errorFor'] ?? ''] ?? '';
    place.textContent = words;
    /** @type {HTMLElement | null} */
    const field = place.dataset['field'] ? byId(place.dataset['field']) : null;
    if (words === '') field?.removeAttribute('aria-invalid');
    else field?.setAttribute('aria-invalid', 'true');
    if (words !== '') first ??= field;
  }
  first?.focus();
}
