import { actions } from './actions.ts';
import { alert } from './alert.ts';
import { card, carousel } from './card.ts';
import { container } from './container.ts';
import { context } from './context.ts';
import { contextActions } from './context-actions.ts';
import { dataTable } from './data-table.ts';
import { divider } from './divider.ts';
import { file } from './file.ts';
import { header } from './header.ts';
import { image } from './image.ts';
import { input, modalInput } from './input.ts';
import { markdown } from './markdown.ts';
import { plan } from './plan.ts';
import { richText } from './rich-text.ts';
import type { Rule } from './rule.ts';
import { section } from './section.ts';
import { table } from './table.ts';
import { taskCard } from './task-card.ts';
import { video } from './video.ts';

const everywhere: Readonly<Record<string, Rule>> = {
  actions,
  context,
  divider,
  header,
  image,
  input,
  rich_text: richText,
  section,
  video,
};

/** The block types a message may hold, each with its rule. */
export const messageBlocks: Readonly<Record<string, Rule>> = {
  ...everywhere,
  card,
  carousel,
  container,
  context_actions: contextActions,
  data_table: dataTable,
  file,
  markdown,
  plan,
  table,
  task_card: taskCard,
};

/** The block types a modal may hold. */
export const modalBlocks: Readonly<Record<string, Rule>> = { ...everywhere, alert, input: modalInput };

/** The block types a Home tab may hold. */
export const homeBlocks: Readonly<Record<string, Rule>> = { ...everywhere, card, carousel, container };
