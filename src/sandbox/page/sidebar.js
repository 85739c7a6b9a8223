import { byId, h, unseen } from './dom.js';
import { state } from './state.js';

/**
 * Draws channels, the app, the people to sign in as, and whether the app is connected.
 * @param {(place: string) => void} go
 */
export function drawSidebar(go) {
  const entry = (/** @type {string} */ place, /** @type {string} */ mark, /** @type {string} */ words, more = '') =>
    h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'place',
          'aria-current': state.place === place ? 'page' : null,
          onclick: () => go(place),
        },
        h('span', { class: `place-mark ${mark}`, 'aria-hidden': 'true' }),
        words,
        unseen(more),
        state.unread.has(place) && h('span', { class: 'fresh' }, String(state.unread.get(place)), unseen(' new')),
      ),
    );
  const focused = document.activeElement?.closest('.side')?.contains(document.activeElement) === true;
  const rooms = state.channels.filter((channel) => channel.kind !== 'direct');
  byId('channels').replaceChildren(...rooms.map((channel) => entry(channel.id, channel.kind, channel.name)));
  byId('apps').replaceChildren(
    entry('home', 'app', state.appName),
    ...state.channels
      .filter((channel) => channel.kind === 'direct')
      .map((channel) => entry(channel.id, 'direct', 'Messages', ` with ${state.appName}`)),
  );
  /** @type {HTMLElement | null} */
  const current =
    focused && !document.activeElement?.closest('.side') ? document.querySelector('.side [aria-current]') : null;
  current?.focus();
  drawLine();
}

/** Says whether the app holds a connection. */
export function drawLine() {
  const line = byId('line-state');
  line.textContent = state.connected > 0 ? `${state.appName} is connected` : `${state.appName} is not connected`;
  line.classList.toggle('down', state.connected === 0);
}

/** Says that the workspace itself does not answer; the browser keeps trying. */
export function lostLine() {
  const line = byId('line-state');
  line.textContent = 'The workspace is not running';
  line.classList.add('down');
}

const roles = { requester: 'on call', approver: 'approver', bystander: 'bystander' };

/** Fills "Signed in as". */
export function drawPeople() {
  const select = byId('person');
  select.replaceChildren(
    ...state.people
      .filter((person) => person.signsIn)
      .map((person) =>
        h('option', { value: person.id }, `${person.realName} · ${roles[/** @type {'approver'} */ (person.role)]}`),
      ),
  );
  select.value = state.user;
}
