import { h } from '../dom.js';
import { actions } from './actions.js';
import { alert } from './alert.js';
import { card, carousel } from './card.js';
import { container } from './container.js';
import { context } from './context.js';
import { dataTable } from './data-table.js';
import { divider } from './divider.js';
import { header } from './header.js';
import { image } from './image.js';
import { input } from './input.js';
import { plan, taskCard } from './plan.js';
import { richText } from './rich-text.js';
import { section } from './section.js';
import { contextActions, markdown, remoteFile, video } from './small.js';
import { table } from './table.js';

/**
 * Where a block is drawn.
 * @typedef {object} Place
 * @property {(press: object, element: any) => Promise<void>} press tells the app of an action
 * @property {(actionId: string, typed: string) => Promise<any[]>} suggest asks the app for options
 */

/** @type {Record<string, (block: any, place: Place) => Node>} */
const renderers = {
  actions,
  alert,
  card,
  carousel,
  container: (block, place) => container(block, place, drawBlocks),
  context,
  context_actions: contextActions,
  data_table: dataTable,
  divider,
  file: remoteFile,
  header,
  image,
  input,
  markdown,
  plan,
  rich_text: richText,
  section,
  table,
  task_card: taskCard,
  video,
};

/**
 * Draws blocks. A type that is not known here is shown as a loud box, so that nobody overlooks it.
 * @param {any[]} blocks
 * @param {Place} place
 * @returns {Node[]}
 */
export function drawBlocks(blocks, place) {
  return blocks.map((block) => {
    const render = Object.hasOwn(renderers, block.type) ? renderers[block.type] : undefined;
    if (render) return render(block, place);
    return h('p', { class: 'unknown-block', role: 'alert' }, `This page cannot show a block of type "${block.type}".`);
  });
}
