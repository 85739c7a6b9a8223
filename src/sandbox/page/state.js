/** What this page knows: filled by the event stream, read by everything that draws. */
export const state = {
  user: '',
  appName: '',
  appUser: '',
  connected: 0,
  /** @type {any[]} */ people: [],
  /** @type {any[]} */ groups: [],
  /** @type {any[]} */ channels: [],
  /** @type {any[]} */ commands: [],
  /** @type {any[]} */ shortcuts: [],
  homeTab: false,
  messagesTab: false,
  /** What the app says that it is at, by channel and thread. @type {Map<string, string>} */ statuses: new Map(),
  /** @type {any[]} */ tour: [],
  /** @type {Map<string, any>} messages by channel and ts */ messages: new Map(),
  /** How many replies of a thread have been seen in this window, by channel and ts. @type {Map<string, number>} */ seen: new Map(),
  /** @type {any} */ view: null,
  /** @type {any} */ home: null,
  /** How much was said in channels that are not on show. @type {Map<string, number>} */ unread: new Map(),
  /** The channel on show, or 'home'. */ place: 'CINCIDENTS',
  /** @type {string | null} ts of the thread on show */ thread: null,
};

/** @param {any} message */
export function keyOf(message) {
  return `${message.channel}/${message.ts}`;
}

let count = 0;
/** @type {{channels: Map<string, any[]>, threads: Map<string, any[]>} | null} */
let index = null;

/**
 * Takes a message, new or changed. `look` changes with it, so that a drawing of it can be told to be old.
 * @param {any} message
 */
export function keepMessage(message) {
  count += 1;
  state.messages.set(keyOf(message), { ...message, look: count });
  index = null;
}

/**
 * @param {string} channel
 * @param {string} ts
 */
export function forgetMessage(channel, ts) {
  state.messages.delete(`${channel}/${ts}`);
  index = null;
}

/** @param {any[]} messages */
export function keepOnly(messages) {
  state.messages.clear();
  for (const message of messages) keepMessage(message);
}

/**
 * The messages of a channel that stand in it, oldest first: not the replies, unless they were sent there too.
 * @param {string} channel
 * @returns {any[]}
 */
export function inChannel(channel) {
  return sorted().channels.get(channel) ?? [];
}

/**
 * The replies of a thread, oldest first.
 * @param {string} channel
 * @param {string} ts
 * @returns {any[]}
 */
export function repliesTo(channel, ts) {
  return sorted().threads.get(`${channel}/${ts}`) ?? [];
}

/** @param {any} message */
export function isReply(message) {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts;
}

function sorted() {
  if (index) return index;
  index = { channels: new Map(), threads: new Map() };
  const put = (/** @type {Map<string, any[]>} */ map, /** @type {string} */ key, /** @type {any} */ message) => {
    const list = map.get(key) ?? [];
    map.set(key, list);
    list.push(message);
  };
  for (const message of [...state.messages.values()].sort((a, b) => (a.ts < b.ts ? -1 : 1))) {
    if (isReply(message)) put(index.threads, `${message.channel}/${message.thread_ts}`, message);
    if (!isReply(message) || message.reply_broadcast === true) put(index.channels, message.channel, message);
  }
  return index;
}

/** @param {string} id */
export function personOf(id) {
  return state.people.find((person) => person.id === id) ?? { id, name: id, realName: id, role: 'unknown' };
}

/**
 * The words for a mention.
 * @param {string} kind
 * @param {string} id
 */
export function nameOf(kind, id) {
  if (kind === 'user') return `@${personOf(id).realName}`;
  if (kind === 'channel') return `#${state.channels.find((channel) => channel.id === id)?.name ?? id}`;
  if (kind === 'group') return `@${state.groups.find((group) => group.id === id)?.handle ?? id}`;
  return `@${id}`;
}
