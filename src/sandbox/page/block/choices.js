import { h } from '../dom.js';
import { textNodes } from '../words.js';

let count = 0;

/**
 * Radio buttons or checkboxes. With `press` each choice acts at once; without it they wait for the form.
 * @param {any} element
 * @param {((chosen: object) => Promise<void>) | null} press
 */
export function choices(element, press) {
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
          onchange: press && (() => void press({ option: option.value })),
        }),
        h('span', {}, textNodes(option.text), option.description && h('small', {}, textNodes(option.description))),
      ),
    ),
  );
}
