import { h } from './dom.js';

/**
 * An entry of a menu.
 * @typedef {object} Entry
 * @property {string} words
 * @property {string} [more] a line of explanation below
 * @property {() => void} run
 */

/**
 * Makes a button open a menu. Arrow keys, Home and End move in it, Escape and Tab leave it, and the button has the
 * focus again afterwards (https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/).
 * @param {HTMLElement} button
 * @param {() => Entry[]} entries asked for each time it opens
 */
export function opensMenu(button, entries) {
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  const open = () => show(button, entries());
  button.addEventListener('click', open);
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    open();
  });
}

/**
 * @param {HTMLElement} button
 * @param {Entry[]} entries
 */
function show(button, entries) {
  if (button.getAttribute('aria-expanded') === 'true') return;
  const close = (/** @type {boolean} */ back) => {
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    if (back) button.focus();
  };
  const outside = (/** @type {Event} */ event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) close(false);
  };
  const items = entries.map((entry) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: '-1',
        onclick: () => {
          close(true);
          entry.run();
        },
      },
      entry.words,
      entry.more && h('small', {}, entry.more),
    ),
  );
  const menu = h(
    'div',
    { class: 'menu', role: 'menu', 'aria-label': button.getAttribute('aria-label') ?? button.textContent },
    items,
  );
  const move = (/** @type {number} */ to) => items[(to + items.length) % items.length]?.focus();
  menu.addEventListener('keydown', (event) => {
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Escape' || event.key === 'Tab') close(true);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  });
  button.setAttribute('aria-expanded', 'true');
  document.body.append(menu);
  place(menu, button);
  document.addEventListener('pointerdown', outside, true);
  move(0);
}

/**
 * Puts the menu beside its button, wherever there is room in the window.
 * @param {HTMLElement} menu
 * @param {HTMLElement} button
 */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(8, Math.min(at.right - width, innerWidth - width - 8));
  const below = at.bottom + 4 + height < innerHeight;
  menu.style.left = `${at.left + width < innerWidth - 8 ? at.left : left}px`;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}
