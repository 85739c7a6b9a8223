import { isObject, listOf, textOf } from '../json.ts';
import { actionElements } from './element/index.ts';
import { both, byType, list, oneOf, shape } from './rule.ts';
import type { Rule } from './rule.ts';
import { identifier } from './text-object.ts';

const element = byType(actionElements);

const eachActionOnce: Rule = (value, at, tell) => {
  if (!isObject(value)) return;
  const seen = new Set<unknown>();
  listOf(value['elements']).forEach((entry, i) => {
    const id = textOf(entry, 'action_id');
    if (id !== undefined && seen.has(id)) tell(`${at}/elements/${i}/action_id`, `\`action_id\` "${id}" already exists`);
    seen.add(id);
  });
};

/** https://docs.slack.dev/reference/block-kit/blocks/actions-block; an action_id is unique within its block. */
export const actions: Rule = both(
  shape({ type: oneOf('actions'), 'block_id?': identifier, elements: list(element, 25, 1) }),
  eachActionOnce,
);
