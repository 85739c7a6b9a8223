import { h } from '../dom.js';
import { entered, holds } from '../entered.js';
import { plain } from '../words.js';
import { field } from './field.js';

let count = 0;

/**
 * A labelled input of a form; where its errors will stand is marked with the block's id.
 * @param {any} block
 * @param {import('./index.js').Place} place
 */
export function input(block, place) {
  count += 1;
  const { element, block_id: blockId } = block;
  const id = `in-${count}`;
  const group = element.type === 'radio_buttons' || element.type === 'checkboxes';
  const label = [plain(block.label), block.optional && h('small', {}, ' (optional)')];
  const given = { id, 'aria-describedby': `${id}-error`, required: block.optional !== true };
  const tell = () => {
    if (block.dispatch_action !== true) return;
    const value = entered(whole)[blockId]?.[element.action_id];
    void place.press({ action_id: element.action_id, block_id: blockId, value }, element);
  };
  const drawn = field(element, given, (typed) => place.suggest(element.action_id, typed), tell);
  const shown = drawn
    ? holds(h('div', {}, drawn.node), blockId, element.action_id, drawn.read)
    : h('p', { class: 'unknown-block', role: 'alert' }, `This page cannot show an input of type "${element.type}".`);
  const whole = h(
    group ? 'fieldset' : 'div',
    { class: 'input' },
    group ? h('legend', {}, label) : h('label', { for: id }, label),
    shown,
    block.hint && h('p', { class: 'field-hint' }, plain(block.hint)),
    h('p', { class: 'field-error', id: `${id}-error`, data: { errorFor: blockId, field: id } }),
  );
  return whole;
}
