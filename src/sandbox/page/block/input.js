import { h } from '../dom.js';
import { plain } from '../words.js';
import { choices } from './choices.js';
import { externalSelect } from './external-select.js';
import { selectNode } from './static-select.js';

/**
 * A labelled input of a form; where its errors will stand is marked with the block's id.
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function input(block, place) {
  const group = block.element.type === 'radio_buttons' || block.element.type === 'checkboxes';
  const label = [plain(block.label), block.optional && h('small', {}, ' (optional)')];
  const error = h('p', { class: 'field-error', id: `error-${block.block_id}`, data: { errorFor: block.block_id } });
  return h(
    group ? 'fieldset' : 'div',
    { class: 'input', data: { block: block.block_id, action: block.element.action_id, type: block.element.type } },
    group ? h('legend', {}, label) : h('label', { for: `in-${block.block_id}` }, label),
    field(block, place),
    block.hint && h('p', { class: 'field-hint' }, plain(block.hint)),
    error,
  );
}

/**
 * @param {any} block
 * @param {import('./index.js').Place} place
 * @returns {HTMLElement}
 */
function field(block, place) {
  const { element } = block;
  const common = {
    id: `in-${block.block_id}`,
    class: 'field',
    'aria-describedby': `error-${block.block_id}`,
    required: block.optional !== true,
    placeholder: plain(element.placeholder),
    maxlength: element.max_length,
    minlength: element.min_length,
  };
  switch (element.type) {
    case 'plain_text_input': {
      const node = h(element.multiline ? 'textarea' : 'input', { ...common, rows: element.multiline ? 4 : null });
      /** @type {any} */ (node).value = element.initial_value ?? '';
      return node;
    }
    case 'number_input':
      return h('input', {
        ...common,
        type: 'number',
        min: element.min_value,
        max: element.max_value,
        step: element.is_decimal_allowed ? 'any' : '1',
        value: element.initial_value,
      });
    case 'static_select': {
      const node = selectNode(element);
      node.id = common.id;
      node.removeAttribute('aria-label');
      return node;
    }
    case 'external_select': {
      const node = externalSelect(
        element,
        async (chosen) => void (node.dataset['option'] = JSON.stringify(/** @type {any} */ (chosen).external_option)),
        (typed) => place.suggest(element.action_id, typed),
      );
      return node;
    }
    case 'radio_buttons':
    case 'checkboxes':
      return choices(element, null);
    default:
      return h(
        'p',
        { class: 'unknown-block', role: 'alert' },
        `This page cannot show an input of type "${element.type}".`,
      );
  }
}
