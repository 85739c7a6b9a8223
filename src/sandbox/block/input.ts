import { inputElements } from './element/index.ts';
import { byType, flag, oneOf, shape } from './rule.ts';
import type { Rule } from './rule.ts';
import { identifier, plainText } from './text-object.ts';

const { file_input: fileInput, ...elsewhere } = inputElements;

function holding(elements: Readonly<Record<string, Rule>>): Rule {
  return shape({
    type: oneOf('input'),
    'block_id?': identifier,
    label: plainText(2000),
    element: byType(elements),
    'hint?': plainText(2000),
    'optional?': flag,
    'dispatch_action?': flag,
  });
}

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const input = holding(elsewhere);

/** An input of a modal, which can also take files. */
export const modalInput = holding(fileInput === undefined ? elsewhere : { ...elsewhere, file_input: fileInput });
