import { h } from '../dom.js';
import { plain } from '../words.js';

const typingMs = 120;
let count = 0;

/**
 * A box to type into, with the options that the app suggests below it. The app is asked once typing rests.
 * @param {any} element
 * @param {Record<string, unknown>} given attributes that tie it to its label
 * @param {(typed: string) => Promise<any[]>} suggest
 * @param {() => void} changed
 */
export function externalSelect(element, given, suggest, changed) {
  count += 1;
  const id = `suggestions-${count}`;
  const words = plain(element.placeholder) || 'Search…';
  /** @type {any[]} */
  let options = [];
  /** @type {any} */
  let chosen = element.initial_option ?? null;
  let at = -1;
  let asked = 0;
  let resting = 0;

  const box = /** @type {HTMLInputElement} */ (
    h('input', {
      class: 'select',
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      placeholder: words,
      'aria-label': given['id'] === undefined ? words : null,
      'aria-expanded': 'false',
      'aria-controls': id,
      'aria-autocomplete': 'list',
      data: { action: element.action_id },
      ...given,
    })
  );
  box.value = plain(element.initial_option?.text);
  const list = h('ul', { class: 'suggestions', role: 'listbox', id, 'aria-label': words, hidden: true });
  const told = h('p', { class: 'unseen', role: 'status' });

  const close = () => {
    list.hidden = true;
    box.setAttribute('aria-expanded', 'false');
    box.removeAttribute('aria-activedescendant');
  };
  const choose = (/** @type {any} */ option) => {
    chosen = option;
    box.value = plain(option.text);
    close();
    changed();
  };
  const draw = () => {
    list.replaceChildren(
      ...options.map((option, i) =>
        h(
          'li',
          {
            role: 'option',
            id: `${id}-${i}`,
            'aria-selected': String(i === at),
            onmousedown: (/** @type {Event} */ event) => {
              event.preventDefault();
              choose(option);
            },
          },
          plain(option.text),
        ),
      ),
    );
    list.hidden = options.length === 0;
    box.setAttribute('aria-expanded', String(options.length > 0));
  };
  const ask = async () => {
    if (box.value.length < (element.min_query_length ?? 3)) return close();
    asked += 1;
    const mine = asked;
    const found = await suggest(box.value);
    if (mine !== asked || document.activeElement !== box) return;
    options = found;
    at = -1;
    draw();
    const most = found.length === 100 ? 'The first 100' : String(found.length);
    told.textContent = found.length === 0 ? 'Nothing fits' : `${most} to choose from`;
  };
  const move = (/** @type {number} */ to) => {
    list.children[at]?.setAttribute('aria-selected', 'false');
    at = Math.max(0, Math.min(options.length - 1, to));
    list.children[at]?.setAttribute('aria-selected', 'true');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    box.setAttribute('aria-activedescendant', `${id}-${at}`);
  };
  box.addEventListener('input', () => {
    chosen = null;
    clearTimeout(resting);
    resting = setTimeout(() => void ask(), typingMs);
  });
  box.addEventListener('focus', () => void ask());
  box.addEventListener('blur', close);
  box.addEventListener('keydown', (event) => {
    const open = !list.hidden;
    if (event.key === 'Escape' && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      if (open && options[at]) choose(options[at]);
    }
    const step = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (step === undefined || options.length === 0) return;
    event.preventDefault();
    if (!open) draw();
    move(step);
  });
  return {
    node: h('div', { class: 'external' }, box, list, told),
    read: () => chosen,
    clear: () => {
      chosen = null;
      box.value = '';
    },
  };
}
