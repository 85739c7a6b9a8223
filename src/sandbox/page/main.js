/**
 * The page of the practice workspace. What a test can rely on:
 * combobox "Signed in as" (values are user ids) · navigation "Channels" with one button per channel · textbox "Message" and
 * button "Send" · log "Messages in <channel>" with one article per message (data-ts, data-user, data-ephemeral) ·
 * button "1 reply" / "N replies" / "Reply in thread" on a message opens region "Thread" with textbox "Reply", log "Replies"
 * and button "Close thread" · button "Shortcuts" opens a menu of global shortcuts and commands, button "More actions" on a
 * message one with its shortcuts · button "Faults…" opens dialog "Faults" · app buttons by their text, selects by their placeholder · a plan is a region named by its
 * title with one listitem per task (data-status) · a table is a region "Table" · files have a link "Download <name>" ·
 * modals and confirmations are dialogs named by their title · region "Try it" holds one button per practice incident.
 */
import { drawChannel } from './channel.js';
import { wireComposers } from './composer.js';
import { byId } from './dom.js';
import { wireFaults } from './fault.js';
import { keepEndWhileLoading, walkWithArrows } from './log.js';
import { drawModal, showErrors, wireModal } from './modal.js';
import { showNotice } from './notice.js';
import { act } from './send.js';
import { wireShortcuts } from './shortcut.js';
import { drawLine, lostLine, drawPeople, drawSidebar } from './sidebar.js';
import { forgetMessage, keepMessage, keepOnly, keyOf, state } from './state.js';
import { drawThread } from './thread.js';
import { drawTour } from './tour.js';

/** @type {EventSource | null} */
let stream = null;

/** @param {string} ts */
function openThread(ts) {
  state.thread = ts;
  draw();
  const byHand = matchMedia('(pointer: coarse)').matches;
  byId(byHand ? 'close-thread' : 'reply-text').focus();
  byId('thread-scroll').scrollTop = byId('thread-scroll').scrollHeight;
}

function closeThread() {
  const opener = document.querySelector(`#log [data-ts="${state.thread}"] .replies`);
  state.thread = null;
  draw();
  /** @type {HTMLElement} */ (opener ?? byId('composer-text')).focus();
}

/** @param {string} place */
function go(place) {
  state.place = place;
  state.thread = null;
  state.unread.delete(place);
  byId('log').setAttribute('aria-live', 'off');
  draw();
  drawSidebar(go);
  setTimeout(() => byId('log').setAttribute('aria-live', 'polite'));
  if (place === 'home') void act('home', {});
  if (state.channels.some((one) => one.id === place && one.kind === 'direct')) void act('home', { tab: 'messages' });
  byId('channel-scroll').scrollTop = place === 'home' ? 0 : byId('channel-scroll').scrollHeight;
}

function draw() {
  drawThread();
  drawChannel(openThread);
}

/** @param {any} event */
function take(event) {
  switch (event.kind) {
    case 'snapshot': {
      const { kind: _kind, messages, statuses, ...rest } = event;
      Object.assign(state, rest);
      state.statuses = new Map(statuses.map((/** @type {any} */ one) => [`${one.channel}/${one.thread}`, one.text]));
      keepOnly(messages);
      drawPeople();
      if (state.place !== 'home' && !state.channels.some((one) => one.id === state.place))
        state.place = state.channels[0]?.id ?? '';
      drawSidebar(go);
      drawTour();
      draw();
      drawModal();
      break;
    }
    case 'message': {
      const { channel, user } = event.message;
      const more = channel !== state.place && user !== state.user && !state.messages.has(keyOf(event.message));
      keepMessage(event.message);
      if (more) {
        state.unread.set(channel, (state.unread.get(channel) ?? 0) + 1);
        drawSidebar(go);
      } else draw();
      break;
    }
    case 'removed':
      forgetMessage(event.channel, event.ts);
      draw();
      break;
    case 'view':
      state.view = event.view;
      drawModal();
      break;
    case 'errors':
      showErrors(event.errors);
      break;
    case 'home':
      state.home = event.view;
      draw();
      break;
    case 'connections':
      state.connected = event.connected;
      drawLine();
      break;
    case 'status':
      if (event.text === '') state.statuses.delete(`${event.channel}/${event.thread}`);
      else state.statuses.set(`${event.channel}/${event.thread}`, event.text);
      drawThread();
      break;
    case 'notice':
      showNotice(event.text);
      break;
    default:
  }
}

/**
 * Signs in: this window alone becomes that person, at once, before the workspace has sent what that person sees.
 * @param {string} user
 */
function signIn(user) {
  state.user = user;
  state.unread.clear();
  sessionStorage.setItem('practice-user', user);
  stream?.close();
  stream = new EventSource(`/page/stream?as=${encodeURIComponent(user)}`);
  stream.addEventListener('message', (event) => take(JSON.parse(event.data)));
  stream.addEventListener('error', lostLine);
}

/** Follows a permalink: `/archives/<channel>/p<ts without its dot>?thread_ts=…`. */
function followAddress() {
  const found = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/.exec(location.pathname);
  if (!found) return;
  state.place = found[1] ?? state.place;
  state.thread = new URLSearchParams(location.search).get('thread_ts') ?? `${found[2]}.${found[3]}`;
}

followAddress();
if (location.search.includes('key=')) history.replaceState(null, '', location.pathname);
wireComposers();
wireModal();
wireShortcuts();
wireFaults();
for (const id of ['log', 'thread-log']) walkWithArrows(byId(id));
byId('person').addEventListener('change', () => signIn(byId('person').value));
byId('close-thread').addEventListener('click', closeThread);
byId('thread').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
  if (event.key === 'Escape') closeThread();
});
for (const id of ['channel-scroll', 'thread-scroll']) keepEndWhileLoading(byId(id));
signIn(sessionStorage.getItem('practice-user') ?? 'UONCALL01');
