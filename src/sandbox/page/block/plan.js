import { h, unseen } from '../dom.js';
import { link } from '../words.js';
import { richText } from './rich-text.js';

const said = { pending: 'to do', in_progress: 'in progress', complete: 'done', error: 'failed' };
const mark = { pending: '', in_progress: '', complete: '✓', error: '✕' };

/**
 * A plan: its title, how far it is, and its tasks in order.
 * @param {any} block
 */
export function plan(block) {
  const tasks = block.tasks ?? [];
  const over = tasks.filter((/** @type {any} */ task) => task.status === 'complete' || task.status === 'error').length;
  return h(
    'section',
    { class: 'plan', 'aria-label': block.title },
    h(
      'div',
      { class: 'plan-head' },
      h('h3', {}, block.title),
      tasks.length > 0 && h('span', { class: 'plan-count' }, `${over} of ${tasks.length}`),
    ),
    tasks.length > 0 && h('progress', { class: 'plan-bar', max: tasks.length, value: over, 'aria-label': 'Progress' }),
    h('ol', { class: 'tasks' }, tasks.map(task)),
  );
}

/**
 * A task card of its own.
 * @param {any} block
 */
export function taskCard(block) {
  return h('section', { class: 'plan single', 'aria-label': block.title }, h('ol', { class: 'tasks' }, task(block)));
}

/** @param {any} card */
function task(card) {
  const status = /** @type {keyof typeof said} */ (card.status);
  return h(
    'li',
    { class: `task ${status}`, data: { task: card.task_id, status } },
    h('span', { class: 'task-mark', 'aria-hidden': 'true' }, mark[status]),
    h(
      'div',
      { class: 'task-words' },
      h('span', { class: 'task-title' }, card.title, unseen(` (${said[status]})`)),
      card.details && h('div', { class: 'task-details' }, richText(card.details)),
      card.output && h('div', { class: 'task-output' }, richText(card.output)),
      card.sources &&
        h(
          'ul',
          { class: 'task-sources' },
          card.sources.map((/** @type {any} */ source) => h('li', {}, link(source.url, source.text))),
        ),
    ),
  );
}
