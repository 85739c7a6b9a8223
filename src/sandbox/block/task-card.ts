import { isObject } from '../json.ts';
import { richText } from './rich-text.ts';
import { both, byType, list, oneOf, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';
import { identifier } from './text-object.ts';

const source = shape({ type: oneOf('url'), url: text(3000), text: text(3000) });
const prose = byType({ rich_text: richText });

/** A task inside a plan (https://docs.slack.dev/reference/block-kit/blocks/task-card-block). Title is a bare string. */
export const task: Rule = shape({
  type: oneOf('task_card'),
  'block_id?': identifier,
  task_id: identifier,
  title: text(3000),
  'details?': prose,
  'output?': prose,
  'sources?': list(source, 100),
  status: oneOf('pending', 'in_progress', 'complete', 'error'),
});

const alreadyBegun: Rule = (value, at, tell) => {
  if (isObject(value) && value['status'] === 'pending') tell(`${at}/status`, 'must be a valid enum value');
};

/** A task card of its own, which cannot be pending. */
export const taskCard: Rule = both(task, alreadyBegun);
