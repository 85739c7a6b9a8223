import { byType, flag, list, number, oneOf, shape, text } from './rule.ts';
import { identifier } from './text-object.ts';

const style = shape({ 'bold?': flag, 'italic?': flag, 'strike?': flag, 'code?': flag, 'underline?': flag });
const styled = { 'style?': style };
const unlimited = Number.MAX_SAFE_INTEGER;

const words = shape({ type: oneOf('text'), text: text(unlimited), ...styled });
const link = shape({ type: oneOf('link'), url: text(3000), 'text?': text(unlimited), 'unsafe?': flag, ...styled });

const element = byType({
  broadcast: shape({ type: oneOf('broadcast'), range: oneOf('here', 'channel', 'everyone'), ...styled }),
  channel: shape({ type: oneOf('channel'), channel_id: text(255), ...styled }),
  color: shape({ type: oneOf('color'), value: text(255), ...styled }),
  date: shape({
    type: oneOf('date'),
    timestamp: number(),
    format: text(unlimited),
    'url?': text(3000),
    'fallback?': text(unlimited),
    ...styled,
  }),
  emoji: shape({ type: oneOf('emoji'), name: text(255), 'unicode?': text(255), 'url?': text(3000), ...styled }),
  link,
  team: shape({ type: oneOf('team'), team_id: text(255), ...styled }),
  text: words,
  user: shape({ type: oneOf('user'), user_id: text(255), ...styled }),
  usergroup: shape({ type: oneOf('usergroup'), usergroup_id: text(255), ...styled }),
});

const border = { 'border?': number(0, 1) };
const section = shape({ type: oneOf('rich_text_section'), elements: list(element, unlimited) });

const group = byType({
  rich_text_section: section,
  rich_text_list: shape({
    type: oneOf('rich_text_list'),
    style: oneOf('bullet', 'ordered'),
    elements: list(byType({ rich_text_section: section }), unlimited),
    'indent?': number(0),
    'offset?': number(0),
    ...border,
  }),
  rich_text_preformatted: shape({
    type: oneOf('rich_text_preformatted'),
    elements: list(byType({ link, text: words }), unlimited),
    'language?': text(255),
    ...border,
  }),
  rich_text_quote: shape({ type: oneOf('rich_text_quote'), elements: list(element, unlimited), ...border }),
});

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export const richText = shape({ type: oneOf('rich_text'), 'block_id?': identifier, elements: list(group, unlimited) });
