import { h } from '../dom.js';
import { emoji } from '../emoji.js';
import { formatted } from '../time.js';
import { link, mention } from '../words.js';

/** @param {any} block */
export function richText(block) {
  return h('div', { class: 'prose rich' }, block.elements.map(group));
}

/**
 * @param {any} element
 * @returns {Node}
 */
function group(element) {
  const inner = () => element.elements.map(piece);
  switch (element.type) {
    case 'rich_text_preformatted':
      return h('pre', { tabindex: '0' }, h('code', {}, inner()));
    case 'rich_text_quote':
      return h('blockquote', {}, inner());
    case 'rich_text_list':
      return h(
        element.style === 'ordered' ? 'ol' : 'ul',
        { class: `indent-${Math.min(element.indent ?? 0, 4)}`, start: element.offset ? element.offset + 1 : null },
        element.elements.map((/** @type {any} */ item) => h('li', {}, item.elements.map(piece))),
      );
    default:
      return h('p', {}, inner());
  }
}

/**
 * @param {any} element
 * @returns {Node}
 */
function piece(element) {
  const style = element.style ?? {};
  let node = bare(element);
  if (style.code) node = h('code', {}, node);
  if (style.bold) node = h('strong', {}, node);
  if (style.italic) node = h('em', {}, node);
  if (style.strike) node = h('s', {}, node);
  if (style.underline) node = h('u', {}, node);
  return node;
}

/**
 * @param {any} element
 * @returns {Node}
 */
function bare(element) {
  switch (element.type) {
    case 'text':
      return document.createTextNode(element.text);
    case 'link':
      return link(element.url, element.text ?? element.url);
    case 'emoji':
      return document.createTextNode(emoji(element.name));
    case 'user':
      return mention('user', element.user_id);
    case 'usergroup':
      return mention('group', element.usergroup_id);
    case 'channel':
      return mention('channel', element.channel_id);
    case 'broadcast':
      return mention('broadcast', element.range);
    case 'date':
      return document.createTextNode(formatted(element.timestamp, element.format, element.fallback ?? ''));
    case 'color':
      return h('code', {}, element.value);
    default:
      return document.createTextNode(element.fallback ?? '');
  }
}
