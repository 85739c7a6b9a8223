import { h } from '../dom.js';
import { plain } from '../words.js';
import { externalSelect } from './external-select.js';

/**
 * An external select that keeps what was chosen, each with a button that takes it away again.
 * @param {any} element
 * @param {Record<string, unknown>} given
 * @param {(typed: string) => Promise<any[]>} suggest
 * @param {() => void} changed
 * @returns {import('./field.js').Field}
 */
export function multiExternal(element, given, suggest, changed) {
  /** @type {any[]} */
  let kept = element.initial_options ?? [];
  const list = h('ul', { class: 'kept', 'aria-label': 'Chosen' });
  const box = externalSelect({ ...element, initial_option: undefined }, given, suggest, () => {
    const option = box.read();
    box.clear();
    const most = element.max_selected_items ?? Infinity;
    if (kept.length >= most || kept.some((one) => one.value === option.value)) return;
    set([...kept, option]);
  });
  const draw = () =>
    list.replaceChildren(
      ...kept.map((option) =>
        h(
          'li',
          {},
          plain(option.text),
          h(
            'button',
            {
              type: 'button',
              class: 'plain',
              'aria-label': `Remove ${plain(option.text)}`,
              onclick: () => set(kept.filter((one) => one !== option)),
            },
            '✕',
          ),
        ),
      ),
    );
  const set = (/** @type {any[]} */ now) => {
    kept = now;
    draw();
    changed();
  };
  draw();
  return { node: h('div', {}, list, box.node), read: () => kept };
}
