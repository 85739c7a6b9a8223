import { drawBlocks } from './block/index.js';
import { confirmed } from './confirm.js';
import { byId, h } from './dom.js';
import { entered } from './entered.js';
import { keepLog, stayAtEnd } from './log.js';
import { messageNode } from './message.js';
import { act } from './send.js';
import { inChannel, keyOf, repliesTo, state } from './state.js';

/**
 * Draws the channel on show, or the app's Home tab.
 * @param {(ts: string) => void} openThread
 */
export function drawChannel(openThread) {
  const home = state.place === 'home';
  const channel = state.channels.find((one) => one.id === state.place);
  const direct = channel?.kind === 'direct';
  const name = direct ? state.appName : (channel?.name ?? '');
  byId('channel-name').textContent = home || direct ? state.appName : `# ${name}`;
  byId('channel-purpose').textContent = home ? 'Home' : (channel?.purpose ?? '');
  byId('log').setAttribute('aria-label', direct ? `Messages with ${name}` : `Messages in ${name}`);
  byId('composer-text').placeholder = direct ? `Message ${name}` : `Message #${name}`;
  byId('log').hidden = home;
  byId('home').hidden = !home;
  byId('composer').hidden = home || (direct && !state.messagesTab);
  byId('tour').hidden = home || state.tour.length === 0 || state.place !== 'CINCIDENTS';
  if (home) return drawHome();
  const messages = inChannel(state.place);
  stayAtEnd(byId('channel-scroll'), () => {
    keepLog(
      byId('log'),
      messages,
      (message, follows) => messageNode(message, { inThread: false, follows, openThread }),
      (message) =>
        `${message.look}/${repliesTo(message.channel, message.ts).length}/${state.seen.get(keyOf(message)) ?? 0}`,
    );
  });
}

function drawHome() {
  if (!state.home) {
    byId('home').replaceChildren(
      h(
        'p',
        { class: 'quiet' },
        state.homeTab ? 'The app has not published a Home tab for you.' : 'This app has no Home tab.',
      ),
    );
    return;
  }
  const place = {
    press: async (/** @type {object} */ press, /** @type {any} */ element) => {
      if (!(await confirmed(element.confirm))) return;
      await act('press', { view_id: state.home.id, ...press, values: entered(byId('home')) });
    },
    suggest: async (/** @type {string} */ actionId, /** @type {string} */ typed) =>
      (await act('suggest', { view_id: state.home.id, action_id: actionId, typed }))?.options ?? [],
  };
  byId('home').replaceChildren(h('div', { class: 'blocks' }, drawBlocks(state.home.blocks, place)));
}
