import { h } from '../dom.js';
import { holds } from '../entered.js';
import { plain } from '../words.js';
import { field } from './field.js';
import { picture } from './image.js';
import { staticSelect } from './static-select.js';

/**
 * Draws an element that acts at once: a button, a select, radio buttons.
 * @param {any} element
 * @param {any} block
 * @param {import('./index.js').Place} place
 * @returns {Node}
 */
export function drawElement(element, block, place) {
  const press = (/** @type {object} */ chosen) =>
    place.press({ action_id: element.action_id, block_id: block.block_id, ...chosen }, element);
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return button(element, plain(element.text), press);
    case 'icon_button':
      return button(element, `✕ ${plain(element.text)}`, press);
    case 'feedback_buttons':
      return feedback(element, press);
    case 'image':
      return picture(element);
    case 'overflow':
      return staticSelect(element, press);
    case 'static_select': {
      const node = staticSelect(element, press);
      return holds(h('div', {}, node), block.block_id, element.action_id, () => node.value);
    }
    default: {
      /** @type {() => unknown} */
      let read = () => undefined;
      const label = { 'aria-label': plain(element.placeholder) || element.type.replaceAll('_', ' ') };
      const tell = () => void press({ value: read() });
      const drawn = field(element, label, (typed) => place.suggest(element.action_id, typed), tell);
      if (!drawn) return unknown(element.type);
      read = drawn.read;
      return holds(h('div', {}, drawn.node), block.block_id, element.action_id, drawn.read);
    }
  }
}

/** @param {string} type */
function unknown(type) {
  return h('p', { class: 'unknown-block', role: 'alert' }, `This page cannot show an element of type "${type}".`);
}

/**
 * @param {any} element
 * @param {(chosen: object) => Promise<void>} press
 */
function feedback(element, press) {
  const side = (/** @type {any} */ one) =>
    button({ ...one, action_id: element.action_id }, plain(one.text), () => press({ value: one.value }));
  return h(
    'span',
    { class: 'feedback', role: 'group', 'aria-label': 'Feedback' },
    side(element.positive_button),
    side(element.negative_button),
  );
}

/**
 * @param {any} element
 * @param {string} words
 * @param {(chosen: object) => Promise<void>} press
 */
function button(element, words, press) {
  const drawn = /** @type {HTMLButtonElement} */ (
    h(
      'button',
      {
        type: 'button',
        class: `button ${element.style ?? ''}`,
        'aria-label': element.accessibility_label,
        data: { action: element.action_id },
        onclick: async () => {
          if (drawn.getAttribute('aria-disabled') === 'true') return;
          drawn.setAttribute('aria-disabled', 'true');
          if (element.url) window.open(element.url, '_blank', 'noopener,noreferrer');
          await press({});
          drawn.removeAttribute('aria-disabled');
        },
      },
      words,
    )
  );
  return drawn;
}
