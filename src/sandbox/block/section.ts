import { isObject } from '../json.ts';
import { accessoryElements } from './element/index.ts';
import { imageElement } from './image.ts';
import { both, byType, flag, list, oneOf, shape } from './rule.ts';
import type { Rule } from './rule.ts';
import { anyText, identifier } from './text-object.ts';

const accessory = byType({ ...accessoryElements, image: imageElement });

const saysSomething: Rule = (value, at, tell) => {
  if (isObject(value) && value['text'] === undefined && value['fields'] === undefined) {
    tell(at, 'must define either `text` or `fields`');
  }
};

/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const section: Rule = both(
  shape({
    type: oneOf('section'),
    'block_id?': identifier,
    'text?': anyText(3000),
    'fields?': list(anyText(2000), 10, 1),
    'accessory?': accessory,
    'expand?': flag,
  }),
  saysSomething,
);
