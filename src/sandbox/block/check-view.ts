import { isObject, listOf } from '../json.ts';
import { checkBlockIds, collector, without } from './check-message.ts';
import type { Fault, Surroundings } from './check-message.ts';
import { homeBlocks, modalBlocks } from './index.ts';
import { byType, flag, list, oneOf, shape, text } from './rule.ts';
import type { Rule } from './rule.ts';
import { checkFiles } from './slack-file.ts';
import { plainText } from './text-object.ts';

/** Bytes of JSON that a view may have. */
export const viewBytes = 250_000;

const common = { 'private_metadata?': text(3000, 0), 'callback_id?': text(255, 0), 'external_id?': text(255, 0) };

function modal(blocks: Rule): Rule {
  return shape({
    type: oneOf('modal'),
    title: plainText(24),
    blocks,
    'submit?': plainText(24),
    'close?': plainText(24),
    'clear_on_close?': flag,
    'notify_on_close?': flag,
    'submit_disabled?': flag,
    ...common,
  });
}

/** Every fault of a view (modal or Home tab); the pointer starts at /view. */
export function checkView(view: unknown, around: Surroundings = {}): Fault[] {
  const { faults, tell } = collector();
  const blocksOf = (rules: Readonly<Record<string, Rule>>): Rule => list(byType(without(rules, around.refused)), 100);
  const home = shape({ type: oneOf('home'), blocks: blocksOf(homeBlocks), ...common });
  byType({ modal: modal(blocksOf(modalBlocks)), home })(view, '/view', tell);
  if (!isObject(view)) return faults;
  const blocks = listOf(view['blocks']);
  checkBlockIds(blocks, '/view/blocks', tell);
  if (around.knowsFile) checkFiles(blocks, '/view/blocks', around.knowsFile, tell);
  if (view['type'] === 'modal' && view['submit'] === undefined) {
    const at = blocks.findIndex((block) => isObject(block) && block['type'] === 'input');
    if (at >= 0) tell('/view', 'must define `submit` to use an `input` block in modals');
  }
  return faults;
}

/** Bytes of the view as JSON. */
export function sizeOf(view: unknown): number {
  return Buffer.byteLength(JSON.stringify(view) ?? '');
}
