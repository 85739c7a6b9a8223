import { imageElement } from './image.ts';
import { byType, list, oneOf, shape } from './rule.ts';
import { anyText, identifier } from './text-object.ts';

const words = anyText(3000);

/** https://docs.slack.dev/reference/block-kit/blocks/context-block */
export const context = shape({
  type: oneOf('context'),
  'block_id?': identifier,
  elements: list(byType({ image: imageElement, mrkdwn: words, plain_text: words }), 10, 1),
});
