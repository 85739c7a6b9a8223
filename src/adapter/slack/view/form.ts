import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Choice, KnownNode } from '../../../model/index.ts';
import type { Source } from '../inbound.ts';
import { optionValue } from '../nodes.ts';
import { remembered } from '../payload/metadata.ts';
import { fields, forms } from '../payload/submission.ts';
import { say } from '../words.ts';
import { plainText, preformatted, rich, section } from './block.ts';
import { inertLines } from './clean.ts';
import { code, strong, text } from './rich.ts';

/**
 * Asks for a node, and for the symptom if it is known. The nodes come as somebody types, unless `among` names the few that
 * it can be. Where no channel is known, it is asked for as well; `channel` is the only one that netdiag works in, else null.
 */
export function nodeForm(parts: {
  readonly source: Source | null;
  readonly symptoms: readonly Choice[];
  readonly among: readonly string[];
  readonly channel: string | null;
}): ModalView {
  const { source, symptoms, among, channel } = parts;
  return {
    type: 'modal',
    callback_id: forms.node,
    title: plainText(say.form.title, 24),
    submit: plainText(say.form.submit, 24),
    close: plainText(say.form.close, 24),
    private_metadata: JSON.stringify({ place: source === null ? null : remembered(source) }),
    blocks: [
      rich(section(...text(among.length === 0 ? say.form.intro : say.form.several))),
      nodeInput(among),
      ...symptomInput(symptoms),
      ...(source === null ? [channelInput(channel)] : []),
    ],
  };
}

/** What a list of nodes offers; those that are not ready say so. */
export function nodeOption({ name, ready }: KnownNode): PlainTextOption {
  const mark = ready ? '' : say.form.notReady;
  const shown = name.length + mark.length <= 75 ? name : `${name.slice(0, 40)}…${name.slice(-(33 - mark.length))}`;
  return { text: plainText(`${shown}${mark}`, 75), value: optionValue(name) };
}

function nodeInput(among: readonly string[]): InputBlock {
  const common = { action_id: fields.node, placeholder: plainText(say.form.choose, 75), focus_on_load: true } as const;
  return {
    type: 'input',
    block_id: fields.node,
    label: plainText(say.form.node, 200),
    ...(among.length === 0 ? { hint: plainText(say.form.nodeHint, 200) } : {}),
    element:
      among.length === 0
        ? { type: 'external_select', min_query_length: 0, ...common }
        : {
            type: 'static_select',
            ...common,
            options: among.slice(0, 100).map((name) => nodeOption({ name, cluster: '', ready: true })),
          },
  };
}

function symptomInput(symptoms: readonly Choice[]): InputBlock[] {
  if (symptoms.length === 0) return [];
  return [
    {
      type: 'input',
      block_id: fields.symptom,
      optional: true,
      label: plainText(say.form.symptom, 200),
      hint: plainText(say.form.symptomHint, 200),
      element: {
        type: 'static_select',
        action_id: fields.symptom,
        placeholder: plainText(say.form.chooseSymptom, 75),
        options: symptoms
          .slice(0, 100)
          .map(({ id, label }) => ({ text: plainText(label, 75), value: id.slice(0, 75) })),
      },
    },
  ];
}

function channelInput(preset: string | null): InputBlock {
  return {
    type: 'input',
    block_id: fields.channel,
    label: plainText(say.form.channel, 200),
    hint: plainText(say.form.channelHint, 200),
    element: {
      type: 'conversations_select',
      action_id: fields.channel,
      ...(preset === null ? { default_to_current_conversation: true } : { initial_conversation: preset }),
      filter: { include: ['public', 'private'], exclude_bot_users: true, exclude_external_shared_channels: true },
    },
  };
}

/** Asks why a fix is rejected; the answer may stay empty. */
export function reasonForm(token: string, source: Source): ModalView {
  return {
    type: 'modal',
    callback_id: forms.reason,
    title: plainText(say.reason.title, 24),
    submit: plainText(say.reason.submit, 24),
    close: plainText(say.reason.close, 24),
    private_metadata: JSON.stringify({ token, place: remembered(source) }),
    blocks: [
      {
        type: 'input',
        block_id: fields.reason,
        optional: true,
        label: plainText(say.reason.label, 200),
        hint: plainText(say.reason.hint, 200),
        element: {
          type: 'plain_text_input',
          action_id: fields.reason,
          multiline: true,
          max_length: 500,
          focus_on_load: true,
        },
      },
    ],
  };
}

/** More than this nobody reads in a form. */
const MOST_TO_SIGN = 9000;

/** What somebody would sign, as the desk tells it. */
type Order = Readonly<Record<'letter' | 'title' | 'node' | 'order' | 'command', string>>;

/**
 * Shows what to paste into a terminal and takes the signature that it prints; whoever approves alone says why, too. `null` where the
 * text does not fit as it is: then nobody may be asked to sign less than all of it.
 */
export function signForm(wanted: Order, token: string, alone: boolean, source: Source): ModalView | null {
  const { letter, title, node, command } = wanted;
  if (command.length > MOST_TO_SIGN || inertLines(command) !== command) return null;
  return {
    type: 'modal',
    callback_id: forms.sign,
    title: plainText(alone ? say.sign.alone : say.sign.title, 24),
    submit: plainText(say.sign.submit, 24),
    close: plainText(say.sign.close, 24),
    private_metadata: JSON.stringify({ token, place: remembered(source) }),
    blocks: [
      rich(
        section(...strong(say.sign.what(letter, title)), ...code(node, 260)),
        ...(alone ? [section(...text(say.sign.emergency))] : []),
        section(...text(say.sign.how)),
      ),
      rich(preformatted(command, MOST_TO_SIGN)),
      ...(alone ? [typed(fields.reason, say.sign.reason, say.sign.reasonHint, 500)] : []),
      typed(fields.signature, say.sign.signature, say.sign.signatureHint, 3000),
    ],
  };
}

/** Several lines that somebody types and that may not stay empty. */
function typed(name: string, label: string, hint: string, most: number): InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: plainText(label, 200),
    hint: plainText(hint, 200),
    element: { type: 'plain_text_input', action_id: name, multiline: true, max_length: most },
  };
}
