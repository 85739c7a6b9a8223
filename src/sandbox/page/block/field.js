import { h } from '../dom.js';
import { state } from '../state.js';
import { plain } from '../words.js';
import { choices, chosenIn } from './choices.js';
import { externalSelect } from './external-select.js';
import { multiExternal } from './multi-external.js';
import { selectNode } from './static-select.js';

/**
 * Something that people enter or choose.
 * @typedef {object} Field
 * @property {HTMLElement} node
 * @property {() => unknown} read what it holds, in the form that the workspace takes
 */

/** What the browser's own input is for an element, and where the element keeps its initial value. @type {Record<string, [string, string]>} */
const plainInputs = {
  plain_text_input: ['text', 'initial_value'],
  email_text_input: ['email', 'initial_value'],
  url_text_input: ['url', 'initial_value'],
  number_input: ['number', 'initial_value'],
  datepicker: ['date', 'initial_date'],
  timepicker: ['time', 'initial_time'],
};

/**
 * Draws a field. `given` are the attributes that tie it to its label; `changed` is called when something was chosen.
 * @param {any} element
 * @param {Record<string, unknown>} given
 * @param {(typed: string) => Promise<any[]>} suggest
 * @param {() => void} changed
 * @returns {Field | undefined} undefined for a type that is not known here
 */
export function field(element, given, suggest, changed) {
  const attributes = { class: 'field', placeholder: plain(element.placeholder) || null, ...given };
  const { type } = element;
  if (Object.hasOwn(plainInputs, type) || type === 'rich_text_input') return textField(element, attributes, changed);
  if (type === 'datetimepicker') return moment(element, attributes, changed);
  if (type === 'radio_buttons' || type === 'checkboxes') {
    const node = choices(element, changed);
    return { node, read: () => chosenIn(node, type) };
  }
  if (type === 'static_select' || type === 'multi_static_select') return select(element, attributes, changed);
  if (type === 'external_select') return externalSelect(element, given, suggest, changed);
  if (type === 'multi_external_select') return multiExternal(element, given, suggest, changed);
  if (type === 'file_input') return fileInput(attributes);
  const people = peopleOptions(element);
  return people && select(people, attributes, changed);
}

/**
 * @param {any} element
 * @param {Record<string, unknown>} attributes
 * @param {() => void} changed
 * @returns {Field}
 */
function textField(element, attributes, changed) {
  const long = element.multiline === true || element.type === 'rich_text_input';
  const [type, initial] = plainInputs[element.type] ?? ['text', ''];
  const decimals = element.is_decimal_allowed === true ? 'any' : '1';
  const node = /** @type {HTMLInputElement} */ (
    h(long ? 'textarea' : 'input', {
      ...attributes,
      type: long ? null : type,
      rows: long ? 4 : null,
      maxlength: element.max_length,
      minlength: element.min_length,
      min: element.min_value,
      max: element.max_value,
      step: type === 'number' ? decimals : null,
      onchange: changed,
    })
  );
  node.value = element[initial] ?? '';
  return { node, read: () => node.value };
}

/**
 * @param {any} element
 * @param {Record<string, unknown>} attributes
 * @param {() => void} changed
 * @returns {Field}
 */
function moment(element, attributes, changed) {
  const node = /** @type {HTMLInputElement} */ (
    h('input', { ...attributes, type: 'datetime-local', onchange: changed })
  );
  const initial = element.initial_date_time;
  if (initial !== undefined) {
    const at = new Date(initial * 1000);
    node.value = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  return { node, read: () => (node.value === '' ? '' : Math.floor(new Date(node.value).getTime() / 1000)) };
}

/**
 * @param {any} element
 * @param {Record<string, unknown>} attributes
 * @param {() => void} changed
 * @returns {Field}
 */
function select(element, attributes, changed) {
  const node = selectNode(element);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== false && name !== 'placeholder')
      node.setAttribute(name, value === true ? '' : `${/** @type {string} */ (value)}`);
  if (attributes['id'] !== undefined) node.removeAttribute('aria-label');
  node.addEventListener('change', changed);
  const several = () => [...node.selectedOptions].map((option) => option.value);
  return { node, read: () => (node.multiple ? several() : node.value) };
}

/** @param {Record<string, unknown>} attributes */
function fileInput(attributes) {
  const node = h(
    'div',
    {},
    h('input', { ...attributes, type: 'file', disabled: true, required: false }),
    h('p', { class: 'field-hint' }, 'Files cannot be handed over in this workspace.'),
  );
  return { node, read: () => [] };
}

/**
 * A select of people or conversations as one with options.
 * @param {any} element
 */
function peopleOptions(element) {
  const { type } = element;
  const found = /^(multi_)?(users|conversations|channels)_select$/.exec(type);
  if (!found) return undefined;
  const [, several, what] = found;
  const users = state.people.filter((person) => person.signsIn || person.role === 'guest');
  const channels = state.channels.filter((channel) => channel.kind === 'public' || what === 'conversations');
  const options =
    what === 'users'
      ? users.map((person) => option(person.id, person.realName))
      : channels.map((channel) => option(channel.id, channel.name === '' ? state.appName : `#${channel.name}`));
  const one = what?.slice(0, -1) ?? '';
  const initial = several ? (element[`initial_${what}`] ?? []) : element[`initial_${one}`];
  return {
    ...element,
    options,
    type: several ? 'multi_static_select' : 'static_select',
    initial_option: several ? undefined : { value: initial },
    initial_options: several ? initial.map((/** @type {string} */ value) => ({ value })) : undefined,
  };
}

/**
 * @param {string} value
 * @param {string} words
 */
function option(value, words) {
  return { value, text: { type: 'plain_text', text: words } };
}
