import { h } from '../dom.js';
import { plain } from '../words.js';

/** @param {any} option */
function optionNode(option) {
  return h('option', { value: option.value }, plain(option.text));
}

/**
 * The options of a select, grouped when they come in groups, behind an empty one that shows the placeholder.
 * @param {any} element
 */
export function selectNode(element) {
  const words = plain(element.placeholder) || 'Choose…';
  const options = element.option_groups
    ? element.option_groups.map((/** @type {any} */ group) =>
        h('optgroup', { label: plain(group.label) }, group.options.map(optionNode)),
      )
    : element.options.map(optionNode);
  const several = element.type === 'multi_static_select';
  const node = /** @type {HTMLSelectElement} */ (
    h(
      'select',
      { class: 'select', 'aria-label': words, multiple: several, data: { action: element.action_id } },
      !several && h('option', { value: '' }, words),
      options,
    )
  );
  const initial = (element.initial_options ?? []).map((/** @type {any} */ one) => one.value);
  if (several) for (const option of node.options) option.selected = initial.includes(option.value);
  else node.value = element.initial_option?.value ?? '';
  return node;
}

/**
 * A select that acts when something is chosen. Arrow keys on a closed select change it step by step, so with the
 * keyboard it acts on Enter or when it is left.
 * @param {any} element
 * @param {(chosen: object) => Promise<void>} press
 */
export function staticSelect(element, press) {
  const node = selectNode(element);
  let byArrow = false;
  let sent = node.value;
  const send = () => {
    byArrow = false;
    if (node.value === '' || node.value === sent) return;
    sent = node.value;
    void press({ option: node.value });
  };
  node.addEventListener('keydown', (event) => {
    byArrow = event.key !== 'Enter' && event.key !== 'Tab';
    if (event.key === 'Enter') send();
  });
  node.addEventListener('pointerdown', () => (byArrow = false));
  node.addEventListener('change', () => {
    if (!byArrow) send();
  });
  node.addEventListener('blur', send);
  return node;
}
