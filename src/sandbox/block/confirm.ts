import { oneOf, shape } from './rule.ts';
import type { Rule } from './rule.ts';
import { anyText, plainText } from './text-object.ts';

/** A confirmation dialog (https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object). */
export const confirm: Rule = shape({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  'style?': oneOf('primary', 'danger'),
});
