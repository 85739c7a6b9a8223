import { h } from '../dom.js';
import { cellNode } from './table.js';

const pageSize = 5;

/**
 * A table with a caption that is turned page by page.
 * @param {any} block
 */
export function dataTable(block) {
  const [head = [], ...rows] = block.rows;
  const size = block.page_size ?? pageSize;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const header = block.row_header_column_index ?? 0;
  let page = 0;
  const body = h('tbody', {});
  const where = h('span', { role: 'status' });
  const turn = (/** @type {number} */ by) => {
    page = Math.max(0, Math.min(pages - 1, page + by));
    body.replaceChildren(
      ...rows.slice(page * size, (page + 1) * size).map((/** @type {any[]} */ cells) =>
        h(
          'tr',
          {},
          cells.map((cell, i) => h(i === header ? 'th' : 'td', { scope: i === header ? 'row' : null }, cellNode(cell))),
        ),
      ),
    );
    where.textContent = `Page ${page + 1} of ${pages}`;
    before.disabled = page === 0;
    after.disabled = page === pages - 1;
  };
  const turner = (/** @type {string} */ words, /** @type {number} */ by) =>
    /** @type {HTMLButtonElement} */ (h('button', { type: 'button', class: 'button', onclick: () => turn(by) }, words));
  const before = turner('Previous', -1);
  const after = turner('Next', 1);
  turn(0);
  return h(
    'div',
    { class: 'data-table' },
    h(
      'div',
      { class: 'table', tabindex: '0', role: 'region', 'aria-label': block.caption },
      h(
        'table',
        {},
        h('caption', {}, block.caption),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            head.map((/** @type {any} */ cell) => h('th', { scope: 'col' }, cellNode(cell))),
          ),
        ),
        body,
      ),
    ),
    pages > 1 && h('div', { class: 'pager' }, before, where, after),
  );
}
