import { h } from '../dom.js';
import { richText } from './rich-text.js';

/**
 * A table; its first row is the head.
 * @param {any} block
 */
export function table(block) {
  const [head, ...body] = block.rows;
  const row = (/** @type {any[]} */ cells, /** @type {string} */ tag) =>
    h(
      'tr',
      {},
      cells.map((cell, column) => {
        const setting = block.column_settings?.[column] ?? {};
        const classes = `${setting.align ?? 'left'} ${setting.is_wrapped ? 'wrapped' : ''}`;
        return h(tag, { class: classes, scope: tag === 'th' ? 'col' : null }, cellNode(cell));
      }),
    );
  return h(
    'div',
    { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h('thead', {}, row(head, 'th')),
      h(
        'tbody',
        {},
        body.map((/** @type {any[]} */ cells) => row(cells, 'td')),
      ),
    ),
  );
}

/** @param {any} cell */
export function cellNode(cell) {
  return cell.type === 'rich_text' ? richText(cell) : document.createTextNode(cell.text);
}
