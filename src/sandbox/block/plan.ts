import { byType, list, oneOf, shape, text } from './rule.ts';
import { task } from './task-card.ts';
import { identifier } from './text-object.ts';

/** https://docs.slack.dev/reference/block-kit/blocks/plan-block; the title is a bare string, an object is refused. */
export const plan = shape({
  type: oneOf('plan'),
  'block_id?': identifier,
  title: text(3000),
  'tasks?': list(byType({ task_card: task }), Number.MAX_SAFE_INTEGER),
});
