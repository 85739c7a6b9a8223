import { drawBlocks } from './block/index.js';
import { confirmed } from './confirm.js';
import { h } from './dom.js';
import { entered } from './entered.js';
import { emoji } from './emoji.js';
import { filesOf } from './file.js';
import { opensMenu } from './menu.js';
import { act } from './send.js';
import { messageEntries } from './shortcut.js';
import { isReply, keyOf, personOf, repliesTo, state } from './state.js';
import { fullTime, shortTime } from './time.js';
import { mention, mrkdwn } from './words.js';

/**
 * One message. In the channel it says how many replies it has and opens them.
 * @param {any} message
 * @param {{inThread: boolean, follows: boolean, openThread: (ts: string) => void}} around `follows`: under one of the same author
 */
export function messageNode(message, around) {
  const person = personOf(message.user);
  const bot = person.role === 'bot';
  return h(
    'article',
    {
      class: `message${message.only ? ' only-you' : ''}${around.follows ? ' follows' : ''}`,
      tabindex: '-1',
      'aria-label': `${person.realName}, ${shortTime(message.ts)}`,
      data: { ts: message.ts, user: message.user, ephemeral: String(message.only !== undefined) },
    },
    around.follows
      ? h('span', { class: 'gutter-time', 'aria-hidden': 'true', title: fullTime(message.ts) }, shortTime(message.ts))
      : h(
          'span',
          { class: `avatar tone-${tone(person.id)}${bot ? ' bot' : ''}`, 'aria-hidden': 'true' },
          initials(person.realName),
        ),
    h(
      'div',
      { class: 'message-body' },
      (!around.follows || message.edited || message.only) && headOf(message, person, around.follows),
      isReply(message) && !around.inThread && h('p', { class: 'from-thread' }, 'Also sent here from a thread'),
      content(message),
      filesOf(message.files ?? []),
      reactions(message.reactions ?? []),
      !around.inThread && !isReply(message) && replyLine(message, around.openThread),
    ),
    message.only === undefined && moreButton(message, around),
  );
}

/**
 * @param {any} message
 * @param {{inThread: boolean, openThread: (ts: string) => void}} around
 */
function moreButton(message, around) {
  const button = h(
    'button',
    { type: 'button', class: 'plain more', 'aria-label': 'More actions', data: { action: 'more' } },
    '⋯',
  );
  const open = around.inThread || isReply(message) ? null : () => around.openThread(message.ts);
  opensMenu(button, () => messageEntries(message, open));
  return button;
}

/**
 * @param {any} message
 * @param {any} person
 * @param {boolean} follows
 */
function headOf(message, person, follows) {
  return h(
    'div',
    { class: 'message-head' },
    !follows && h('strong', { class: 'author' }, person.realName),
    !follows && person.role === 'bot' && h('span', { class: 'app-tag' }, 'App'),
    !follows &&
      h(
        'time',
        { datetime: new Date(Number(message.ts) * 1000).toISOString(), title: fullTime(message.ts) },
        shortTime(message.ts),
      ),
    message.edited && h('span', { class: 'edited' }, '(edited)'),
    message.only && h('span', { class: 'only-note' }, 'Only visible to you'),
  );
}

/** @param {any} message */
function content(message) {
  if (message.blocks && message.blocks.length > 0)
    return h('div', { class: 'blocks' }, drawBlocks(message.blocks, placeOf(message)));
  if (message.text === '') return null;
  return h('div', { class: 'prose' }, mrkdwn(message.text));
}

/** @param {any} message */
function placeOf(message) {
  const where = { channel: message.channel, message_ts: message.ts };
  return {
    press: async (/** @type {object} */ press, /** @type {any} */ element) => {
      if (!(await confirmed(element.confirm))) return;
      const values = entered(document.querySelector(`article[data-ts="${message.ts}"]`));
      await act('press', { ...where, ...press, values });
    },
    suggest: async (/** @type {string} */ actionId, /** @type {string} */ typed) =>
      (await act('suggest', { ...where, action_id: actionId, typed }))?.options ?? [],
  };
}

/**
 * @param {any} message
 * @param {(ts: string) => void} openThread
 */
function replyLine(message, openThread) {
  if (message.only !== undefined) return null;
  const replies = repliesTo(message.channel, message.ts);
  const count = replies.length;
  const words = count === 0 ? 'Reply in thread' : count === 1 ? '1 reply' : `${count} replies`;
  const fresh = count - (state.seen.get(keyOf(message)) ?? 0);
  const last = replies.at(-1);
  const button = h(
    'button',
    {
      type: 'button',
      class: `replies${count === 0 ? ' none' : ''}`,
      'aria-label': count === 0 ? null : `${words}, open thread`,
      data: { action: 'replies' },
      onclick: () => openThread(message.ts),
    },
    words,
  );
  return h(
    'div',
    { class: 'reply-line' },
    button,
    fresh > 0 && h('span', { class: 'fresh', 'aria-hidden': 'true' }, `${fresh} new`),
    last && h('span', { class: 'last-reply', 'aria-hidden': 'true' }, `last at ${shortTime(last.ts)}`),
  );
}

/** @param {any[]} given */
function reactions(given) {
  if (given.length === 0) return null;
  return h(
    'div',
    { class: 'reactions' },
    given.map((reaction) =>
      h(
        'span',
        {
          class: 'reaction',
          title: reaction.users.map((/** @type {string} */ id) => mention('user', id).textContent).join(', '),
        },
        `${emoji(reaction.name)} ${reaction.users.length}`,
      ),
    ),
  );
}

/** @param {string} name */
function initials(name) {
  return name
    .split(/[\s-]+/)
    .map((word) => word[0] ?? '')
    .join('')
    .slice(0, 2)
    .toUpperCase();
}

/** @param {string} id */
function tone(id) {
  let sum = 0;
  for (const letter of id) sum += letter.codePointAt(0) ?? 0;
  return sum % 5;
}
