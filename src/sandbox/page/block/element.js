import { h } from '../dom.js';
import { plain } from '../words.js';
import { choices } from './choices.js';
import { externalSelect } from './external-select.js';
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
      return button(element, press);
    case 'image':
      return picture(element);
    case 'static_select':
    case 'overflow':
      return staticSelect(element, press);
    case 'external_select':
      return externalSelect(element, press, (typed) => place.suggest(element.action_id, typed));
    case 'radio_buttons':
    case 'checkboxes':
      return choices(element, press);
    default:
      return h(
        'p',
        { class: 'unknown-block', role: 'alert' },
        `This page cannot show an element of type "${element.type}".`,
      );
  }
}

/**
 * @param {any} element
 * @param {(chosen: object) => Promise<void>} press
 */
function button(element, press) {
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
      plain(element.text),
    )
  );
  return drawn;
}
