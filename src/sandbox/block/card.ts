import { isObject } from '../json.ts';
import { button } from './element/button.ts';
import { imageElement } from './image.ts';
import { both, byType, list, oneOf, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';
import { identifier } from './text-object.ts';

const mrkdwn = (most: number): Rule => byType({ mrkdwn: shape({ type: oneOf('mrkdwn'), text: text(most) }) });

const saysSomething: Rule = (value, at, tell) => {
  if (isObject(value) && ['title', 'body', 'hero_image', 'actions'].every((name) => value[name] === undefined))
    tell(at, 'must define at least one of `hero_image`, `title`, `actions` or `body`');
};

/** https://docs.slack.dev/reference/block-kit/blocks/card-block; its texts are objects, a bare string is refused. */
export const card: Rule = both(
  shape({
    type: oneOf('card'),
    'block_id?': identifier,
    'hero_image?': imageElement,
    'icon?': imageElement,
    'title?': mrkdwn(150),
    'subtitle?': mrkdwn(150),
    'body?': mrkdwn(200),
    'actions?': list(byType({ button }), 3, 1),
  }),
  saysSomething,
);

/** https://docs.slack.dev/reference/block-kit/blocks/carousel-block */
export const carousel = shape({
  type: oneOf('carousel'),
  'block_id?': identifier,
  elements: list(byType({ card }), 10, 1),
});
