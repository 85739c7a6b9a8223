import { h } from '../dom.js';
import { textNodes } from '../words.js';

let count = 0;

/**
 * Radio buttons or checkboxes; `changed` is called with each choice.
 * @param {any} element
 * @param {() => void} changed
 */
export function choices(element, changed) {
  count += 1;
  const radio = element.type === 'radio_buttons';
  const initial = radio
    ? [element.initial_option?.value]
    : (element.initial_options ?? []).map((/** @type {any} */ one) => one.value);
  return h(
    'div',
    { class: 'choices', role: radio ? 'radiogroup' : 'group' },
    element.options.map((/** @type {any} */ option) =>
      h(
        'label',
        {},
        h('input', {
          type: radio ? 'radio' : 'checkbox',
          name: `choice-${count}`,
          value: option.value,
          checked: initial.includes(option.value),
          onchange: changed,
        }),
        h('span', {}, textNodes(option.text), option.description && h('small', {}, textNodes(option.description))),
      ),
    ),
  );
}

/**
 * The values that are chosen: one, or a list for checkboxes.
 * @param {HTMLElement} group
 * @param {string} type
 */
export function chosenIn(group, type) {
  const checked = [...group.querySelectorAll('input:checked')].map(
    (one) => /** @type {HTMLInputElement} */ (one).value,
  );
  return type === 'checkboxes' ? checked : (checked[0] ?? '');
}
