import { formatted } from './time.js';

/**
 * Slack's mrkdwn as a tree (https://docs.slack.dev/messaging/formatting-message-text). Pure: no page, no names.
 * A mention or link exists only where `<…>` arrived unescaped; `&lt;…&gt;` stays text.
 * @typedef {{t: 'text' | 'code' | 'pre' | 'emoji', s: string} | {t: 'b' | 'i' | 's' | 'quote', c: Part[]} | {t: 'br'}
 *   | {t: 'user' | 'channel' | 'group' | 'broadcast', id: string} | {t: 'link', url: string, s: string}} Part
 */

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** @param {string} text */
function decode(text) {
  return text.replaceAll(/&(?:lt|gt|amp);/g, (found) => entities[/** @type {keyof typeof entities} */ (found)]);
}

/**
 * @param {string} source
 * @returns {Part[]}
 */
export function parse(source) {
  return source.split(/```/).flatMap((piece, i, all) => {
    const closed = i < all.length - 1;
    if (i % 2 === 1 && closed)
      return [{ t: /** @type {const} */ ('pre'), s: decode(piece.replace(/^\n/, '').replace(/\n$/, '')) }];
    return lines(i % 2 === 1 ? '```' + piece : piece);
  });
}

/**
 * @param {string} text
 * @returns {Part[]}
 */
function lines(text) {
  /** @type {Part[]} */
  const parts = [];
  for (const [i, line] of text.split('\n').entries()) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    const last = parts.at(-1);
    if (quoted && last?.t === 'quote') last.c.push({ t: 'br' }, ...inline(quoted[1] ?? ''));
    else if (quoted) parts.push({ t: 'quote', c: inline(quoted[1] ?? '') });
    else {
      if (i > 0 && last?.t !== 'quote') parts.push({ t: 'br' });
      parts.push(...inline(line));
    }
  }
  return parts;
}

const next =
  /<([^<>\n]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}])([*_~])(?=\S)(.+?)(?<=\S)\3(?![\p{L}\p{N}])|(?<![\p{L}\p{N}]):([a-z0-9_+-]+):(?![\p{L}\p{N}])|(https?:\/\/[^\s<>|]+)/u;
const styles = /** @type {const} */ ({ '*': 'b', _: 'i', '~': 's' });

/**
 * @param {string} text
 * @returns {Part[]}
 */
function inline(text) {
  /** @type {Part[]} */
  const parts = [];
  let rest = text;
  for (let found = next.exec(rest); found; found = next.exec(rest)) {
    if (found.index > 0) parts.push({ t: 'text', s: decode(rest.slice(0, found.index)) });
    parts.push(part(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest !== '') parts.push({ t: 'text', s: decode(rest) });
  return parts;
}

/**
 * @param {RegExpExecArray} found
 * @returns {Part}
 */
function part([whole, control, code, mark, marked, emoji, address]) {
  if (control !== undefined) return controlPart(control, whole);
  if (code !== undefined) return { t: 'code', s: decode(code) };
  if (mark !== undefined) return { t: styles[/** @type {'*'} */ (mark)], c: inline(marked ?? '') };
  if (emoji !== undefined) return { t: 'emoji', s: emoji };
  return { t: 'link', url: decode(address ?? ''), s: decode(address ?? '') };
}

/**
 * @param {string} control
 * @param {string} whole
 * @returns {Part}
 */
function controlPart(control, whole) {
  const [target = '', label] = control.split('|');
  if (target.startsWith('@')) return { t: 'user', id: target.slice(1) };
  if (target.startsWith('#')) return { t: 'channel', id: target.slice(1) };
  if (target.startsWith('!subteam^')) return { t: 'group', id: target.slice(9) };
  if (/^!(channel|here|everyone)$/.test(target)) return { t: 'broadcast', id: target.slice(1) };
  if (/^!date\^\d+\^/.test(target)) {
    const [, seconds = '', format = ''] = target.split('^');
    return { t: 'text', s: formatted(Number(seconds), decode(format), decode(label ?? target)) };
  }
  if (/^(https?|mailto):/i.test(target)) return { t: 'link', url: decode(target), s: decode(label ?? target) };
  return { t: 'text', s: decode(whole) };
}
