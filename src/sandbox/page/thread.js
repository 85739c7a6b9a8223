import { byId } from './dom.js';
import { keepLog, stayAtEnd } from './log.js';
import { messageNode } from './message.js';
import { keyOf, repliesTo, state } from './state.js';

/** Draws the thread pane, or hides it when no thread is on show. */
export function drawThread() {
  const root = state.thread === null ? undefined : state.messages.get(`${state.place}/${state.thread}`);
  byId('thread').hidden = root === undefined;
  byId('rooms').classList.toggle('with-thread', root !== undefined);
  if (root === undefined) return;
  const status = state.statuses.get(`${root.channel}/${root.ts}`);
  byId('thread-status').hidden = status === undefined;
  byId('thread-status').textContent = status === undefined ? '' : `${state.appName} ${status}`;
  const replies = repliesTo(root.channel, root.ts);
  const look = (/** @type {any} */ message) => String(message.look);
  const draw = (/** @type {any} */ message, /** @type {boolean} */ follows) =>
    messageNode(message, { inThread: true, follows, openThread: () => {} });
  state.seen.set(keyOf(root), replies.length);
  stayAtEnd(byId('thread-scroll'), () => {
    keepLog(byId('thread-root'), [root], draw, look);
    byId('replies-line').textContent = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
    keepLog(byId('thread-log'), replies, draw, look);
  });
}
