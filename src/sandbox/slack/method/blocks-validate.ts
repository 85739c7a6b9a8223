import { checkMessage } from '../../block/check-message.ts';
import type { Fault } from '../../block/check-message.ts';
import { checkView } from '../../block/check-view.ts';
import { isObject } from '../../json.ts';
import { Refusal } from '../../refusal.ts';
import { surroundings } from '../check-blocks.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/blocks.validate; takes exactly one of `blocks`, `message` and `view`, posts nothing. */
export const blocksValidate: Method = {
  name: 'blocks.validate',
  token: 'bot',
  scopes: [],
  tier: 3,
  takes: ['blocks', 'message', 'view'],
  run: (args, { workspace }) => {
    const given = ['blocks', 'message', 'view'].filter((name) => args.all[name] !== undefined);
    if (given.length !== 1) throw new Refusal('invalid_arguments');
    const name = given[0] ?? '';
    const value = args.structure(name, 'invalid_arguments');
    const around = surroundings(workspace);
    const faults =
      name === 'view'
        ? checkView(value, around)
        : checkMessage(name === 'message' && isObject(value) ? value['blocks'] : value, around);
    if (faults.length > 0) throw new Refusal('invalid_blocks', { errors: faults.map((fault) => told(fault, name)) });
    return {};
  },
};

/** A fault as this method tells it; a view's pointers begin at the view, a message's at the message. */
function told({ at, sentence }: Fault, name: string): Readonly<Record<string, string>> {
  const within = name === 'view' ? '/view' : name === 'blocks' ? '/blocks' : '';
  return { pointer: at.slice(at.startsWith(within) ? within.length : 0), code: codeOf(sentence), message: sentence };
}

/** The sentence's kind as one word. What words Slack itself uses has not been compared. */
function codeOf(sentence: string): string {
  if (sentence.startsWith('missing required field')) return 'missing_field';
  if (sentence.startsWith('invalid additional property')) return 'additional_property';
  if (sentence.startsWith('unsupported type')) return 'unsupported_type';
  if (sentence.startsWith('no more than') || sentence.startsWith('must provide at least')) return 'item_count';
  if (/characters/.test(sentence)) return 'length';
  return 'invalid_value';
}
