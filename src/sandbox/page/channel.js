import { drawBlocks } from './block/index.js';
import { byId, h } from './dom.js';
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
  byId('channel-name').textContent = home ? state.appName : `# ${channel?.name ?? ''}`;
  byId('channel-purpose').textContent = home ? 'Home' : (channel?.purpose ?? '');
  byId('log').setAttribute('aria-label', `Messages in ${channel?.name ?? ''}`);
  byId('composer-text').placeholder = `Message #${channel?.name ?? ''}`;
  byId('log').hidden = home;
  byId('home').hidden = !home;
  byId('composer').hidden = home;
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
    byId('home').replaceChildren(h('p', { class: 'quiet' }, 'The app has not published a Home tab for you.'));
    return;
  }
  const place = {
    press: (/** @type {object} */ press) => act('press', { view_id: state.home.id, ...press }),
    suggest: async () => [],
  };
  byId('home').replaceChildren(...drawBlocks(state.home.blocks, place));
}
