import { isObject } from '../json.ts';
import { actions } from './actions.ts';
import { context } from './context.ts';
import { divider } from './divider.ts';
import { file } from './file.ts';
import { header } from './header.ts';
import { image, imageElement } from './image.ts';
import { input } from './input.ts';
import { richText } from './rich-text.ts';
import { both, byType, flag, list, oneOf, shape } from './rule.ts';
import type { Rule } from './rule.ts';
import { section } from './section.ts';
import { table } from './table.ts';
import { anyText, identifier, plainText } from './text-object.ts';
import { video } from './video.ts';

const child = byType({
  actions,
  context,
  divider,
  file,
  header,
  image,
  input,
  rich_text: richText,
  section,
  table,
  video,
});

const titledAndConsistent: Rule = (value, at, tell) => {
  if (!isObject(value)) return;
  if (value['title'] === undefined && value['rich_text_title'] === undefined) tell(at, 'missing required field: title');
  if (value['default_collapsed'] === true && value['is_collapsible'] !== true) {
    tell(`${at}/default_collapsed`, 'must define `is_collapsible` to use `default_collapsed`');
  }
};

/** https://docs.slack.dev/reference/block-kit/blocks/container-block */
export const container: Rule = both(
  shape({
    type: oneOf('container'),
    'block_id?': identifier,
    'title?': plainText(150),
    'rich_text_title?': richText,
    'subtitle?': anyText(150),
    child_blocks: list(child, 10, 1),
    'width?': oneOf('narrow', 'standard', 'wide', 'full'),
    'icon?': imageElement,
    'is_collapsible?': flag,
    'default_collapsed?': flag,
    'has_header_divider?': flag,
  }),
  titledAndConsistent,
);
