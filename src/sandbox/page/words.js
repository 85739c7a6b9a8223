import { h } from './dom.js';
import { emoji } from './emoji.js';
import { parse } from './mrkdwn.js';
import { nameOf } from './state.js';

/**
 * A chip for somebody or something that is mentioned.
 * @param {string} kind
 * @param {string} id
 */
export function mention(kind, id) {
  return h(
    'span',
    { class: kind === 'broadcast' ? 'mention loud' : 'mention', data: { mention: kind, target: id } },
    nameOf(kind, id),
  );
}

/**
 * A link that leaves this page alone.
 * @param {string} url
 * @param {string} label
 */
export function link(url, label) {
  if (!/^(https?|mailto):/i.test(url)) return document.createTextNode(label);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

/**
 * mrkdwn as nodes.
 * @param {string} text
 */
export function mrkdwn(text) {
  return parse(text).map(partNode);
}

/**
 * @param {import('./mrkdwn.js').Part} part
 * @returns {Node}
 */
function partNode(part) {
  switch (part.t) {
    case 'text':
      return document.createTextNode(part.s);
    case 'br':
      return h('br');
    case 'code':
      return h('code', {}, part.s);
    case 'pre':
      return h('pre', { tabindex: '0' }, h('code', {}, part.s));
    case 'emoji':
      return document.createTextNode(emoji(part.s));
    case 'link':
      return link(part.url, part.s);
    case 'b':
      return h('strong', {}, part.c.map(partNode));
    case 'i':
      return h('em', {}, part.c.map(partNode));
    case 's':
      return h('s', {}, part.c.map(partNode));
    case 'quote':
      return h('blockquote', {}, part.c.map(partNode));
    case 'user':
    case 'channel':
    case 'group':
    case 'broadcast':
      return mention(part.t, part.id);
    default:
      return document.createTextNode('');
  }
}

/**
 * A text object: mrkdwn is read, plain_text is shown as it is but for emoji names.
 * @param {{type: string, text: string, emoji?: boolean} | undefined} object
 * @returns {Node[]}
 */
export function textNodes(object) {
  if (!object) return [];
  if (object.type === 'mrkdwn') return mrkdwn(object.text);
  return [document.createTextNode(plain(object))];
}

/**
 * A plain_text object as a string.
 * @param {{text: string, emoji?: boolean} | undefined} object
 */
export function plain(object) {
  return (object?.text ?? '').replaceAll(/:([a-z0-9_+-]+):/g, (_whole, name) => emoji(name));
}
