import { list, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';
import { anyText, plainText } from './text-object.ts';

const fields = { value: text(75), 'description?': plainText(75) };

/** An option of a select menu (https://docs.slack.dev/reference/block-kit/composition-objects/option-object). */
export const option: Rule = shape({ text: plainText(75), ...fields });

/** An option of radio buttons or checkboxes, which may be mrkdwn. */
export const richOption: Rule = shape({ text: anyText(75), ...fields });

/** A labelled group of options. */
export const optionGroup: Rule = shape({ label: plainText(75), options: list(option, 100, 1) });
