import { h } from '../dom.js';
import { plain } from '../words.js';

let count = 0;

/**
 * A box to type into, with the options that the app suggests below it.
 * @param {any} element
 * @param {(chosen: object) => Promise<void>} press
 * @param {(typed: string) => Promise<any[]>} suggest
 */
export function externalSelect(element, press, suggest) {
  count += 1;
  const id = `suggestions-${count}`;
  const words = plain(element.placeholder) || 'Search…';
  /** @type {any[]} */
  let options = [];
  let at = -1;
  let asked = 0;

  const box = /** @type {HTMLInputElement} */ (
    h('input', {
      class: 'select',
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      placeholder: words,
      'aria-label': words,
      'aria-expanded': 'false',
      'aria-controls': id,
      'aria-autocomplete': 'list',
      data: { action: element.action_id },
    })
  );
  box.value = plain(element.initial_option?.text);
  const list = h('ul', { class: 'suggestions', role: 'listbox', id, 'aria-label': words, hidden: true });

  const close = () => {
    list.hidden = true;
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  };
  const choose = (/** @type {any} */ option) => {
    box.value = plain(option.text);
    close();
    void press({ external_option: option });
  };
  const draw = () => {
    list.replaceChildren(
      ...options.map((option, i) =>
        h(
          'li',
          { role: 'option', id: `${id}-${i}`, 'aria-selected': String(i === at), onmousedown: () => choose(option) },
          plain(option.text),
        ),
      ),
    );
    list.hidden = options.length === 0;
    box.setAttribute('aria-expanded', String(options.length > 0));
    if (at >= 0) box.setAttribute('aria-activedescendant', `${id}-${at}`);
  };
  const ask = async () => {
    if (box.value.length < (element.min_query_length ?? 3)) return close();
    asked += 1;
    const mine = asked;
    const found = await suggest(box.value);
    if (mine !== asked) return;
    options = found;
    at = -1;
    draw();
  };
  box.addEventListener('input', () => void ask());
  box.addEventListener('focus', () => void ask());
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (event.key === 'Enter' && options[at]) choose(options[at]);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    at = Math.max(0, Math.min(options.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)));
    draw();
  });
  return h('div', { class: 'external' }, box, list);
}
