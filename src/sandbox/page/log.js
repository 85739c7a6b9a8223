/**
 * Keeps the children of a log equal to a list of messages, touching only what changed.
 * A message that is redrawn keeps its open containers and the focus inside it.
 * @param {HTMLElement} log
 * @param {any[]} messages
 * @param {(message: any, follows: boolean) => HTMLElement} draw `follows`: it continues the message above
 * @param {(message: any) => string} stamp what a message looks like, as text: the same stamp is not drawn again
 */
export function keepLog(log, messages, draw, stamp) {
  const before = new Map(
    [...log.children].map((node) => [
      /** @type {HTMLElement} */ (node).dataset['ts'],
      /** @type {HTMLElement} */ (node),
    ]),
  );
  let previous = null;
  let above = null;
  for (const message of messages) {
    const follows = continues(above, message);
    above = message;
    const old = before.get(message.ts);
    before.delete(message.ts);
    const look = `${stamp(message)}/${follows}`;
    let node = old;
    if (!old || old.dataset['look'] !== look) {
      node = draw(message, follows);
      node.dataset['look'] = look;
      if (old) exchange(old, node);
    }
    if (!node) continue;
    const after = previous ? previous.nextSibling : log.firstChild;
    if (after !== node) log.insertBefore(node, after);
    previous = node;
  }
  for (const node of before.values()) node.remove();
  if (!log.querySelector(':scope > [tabindex="0"]:focus')) {
    for (const node of log.querySelectorAll(':scope > [tabindex="0"]')) /** @type {HTMLElement} */ (node).tabIndex = -1;
    if (previous) previous.tabIndex = 0;
  }
}

const continuesForSeconds = 180;

/**
 * Whether a message is a continuation of the one above: same author, same readers, shortly after.
 * @param {any} above
 * @param {any} message
 */
function continues(above, message) {
  if (!above || above.user !== message.user || above.only !== message.only) return false;
  return Number(message.ts) - Number(above.ts) < continuesForSeconds;
}

/**
 * @param {HTMLElement} old
 * @param {HTMLElement} node
 */
export function exchange(old, node) {
  for (const fold of old.querySelectorAll('details[data-fold]')) {
    const name = /** @type {HTMLElement} */ (fold).dataset['fold'];
    const same = [...node.querySelectorAll('details[data-fold]')].find(
      (one) => /** @type {HTMLElement} */ (one).dataset['fold'] === name,
    );
    if (same) /** @type {HTMLDetailsElement} */ (same).open = /** @type {HTMLDetailsElement} */ (fold).open;
  }
  const focused = old.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  old.replaceWith(node);
  if (!focused) return;
  const action = focused.dataset['action'];
  const same = [...node.querySelectorAll('[data-action]')].find(
    (one) => /** @type {HTMLElement} */ (one).dataset['action'] === action,
  );
  /** @type {HTMLElement} */ (action === undefined ? node : (same ?? node)).focus({ preventScroll: true });
}

/**
 * Runs a change and keeps the end of the scroller in sight if it was in sight before.
 * @param {HTMLElement} scroller
 * @param {() => void} change
 */
export function stayAtEnd(scroller, change) {
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  change();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

/**
 * Keeps the end of a scroller in sight when a picture in it takes its size only after it was drawn.
 * @param {HTMLElement} scroller
 */
export function keepEndWhileLoading(scroller) {
  scroller.addEventListener(
    'load',
    (event) => {
      const picture = /** @type {HTMLElement} */ (event.target);
      const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      if (below < 80 + picture.clientHeight) scroller.scrollTop = scroller.scrollHeight;
    },
    true,
  );
}

/**
 * Makes the arrow keys go from message to message; Tab enters the log at its newest one.
 * @param {HTMLElement} log
 */
export function walkWithArrows(log) {
  log.addEventListener('keydown', (event) => {
    const at = /** @type {HTMLElement} */ (event.target);
    if (at.parentElement !== log) return;
    const next = {
      ArrowUp: at.previousElementSibling,
      ArrowDown: at.nextElementSibling,
      Home: log.firstElementChild,
      End: log.lastElementChild,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next === null) return;
    at.tabIndex = -1;
    /** @type {HTMLElement} */ (next).tabIndex = 0;
    /** @type {HTMLElement} */ (next).focus();
  });
}
