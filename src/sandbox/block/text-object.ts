import { allowed, byType, flag, oneOf, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';

/** A `plain_text` object of at most `most` characters (https://docs.slack.dev/reference/block-kit/composition-objects/text-object). */
export function plainText(most: number): Rule {
  return shape({ type: oneOf('plain_text'), text: text(most), 'emoji?': flag });
}

/** A `plain_text` or `mrkdwn` object of at most `most` characters. */
export function anyText(most: number): Rule {
  const mrkdwn = shape({ type: oneOf('mrkdwn'), text: text(most), 'verbatim?': flag });
  return allowed(byType({ plain_text: plainText(most), mrkdwn }));
}

/** block_id, action_id, callback_id and external_id. */
export const identifier = text(255);
