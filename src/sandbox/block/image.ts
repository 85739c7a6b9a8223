import { isObject } from '../json.ts';
import { both, oneOf, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';
import { slackFile } from './slack-file.ts';
import { identifier, plainText } from './text-object.ts';

const source = { alt_text: text(2000), 'image_url?': text(3000), 'slack_file?': slackFile };

const hasSource: Rule = (value, at, tell) => {
  if (isObject(value) && value['image_url'] === undefined && value['slack_file'] === undefined) {
    tell(at, 'missing required field: image_url');
  }
};

/** https://docs.slack.dev/reference/block-kit/block-elements/image-element */
export const imageElement: Rule = both(shape({ type: oneOf('image'), ...source }), hasSource);

/** https://docs.slack.dev/reference/block-kit/blocks/image-block */
export const image: Rule = both(
  shape({ type: oneOf('image'), 'block_id?': identifier, 'title?': plainText(2000), ...source }),
  hasSource,
);
