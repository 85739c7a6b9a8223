import * as fc from 'fast-check';
import { homeView } from '../../../src/adapter/slack/view/home.ts';
import { nodeForm, reasonForm } from '../../../src/adapter/slack/view/form.ts';
import { view, whisper } from '../../../src/adapter/slack/view/index.ts';
import { checkMessage, printed } from '../../../src/sandbox/block/check-message.ts';
import { checkView } from '../../../src/sandbox/block/check-view.ts';
import * as messages from '../../adapter/slack/messages.ts';
import { anyMessage } from '../../adapter/slack/view/arbitrary.ts';
import type { Message } from '../../../src/model/index.ts';
import { limits } from '../block-limits.ts';
import { messageBlocksByType } from '../every-block.ts';
import { newerLimits } from '../newer-limits.ts';

/** A payload, what it is, and what our own validator says of it: faults in Slack's words, none when it is taken. */
export interface Golden {
  readonly name: string;
  readonly as: 'message' | 'view';
  readonly payload: object;
  readonly ours: readonly string[];
}

const styles = ['modern', 'classic'] as const;
const sampled = 20;

/** Every payload that is compared with real Slack: what netdiag sends, every block type, and each limit on both sides. */
export function goldens(): Golden[] {
  const sent = [
    ...styles.flatMap((style) =>
      namedMessages().map(([name, message]) =>
        said(`netdiag/${name}/${style}`, view(message, () => 'a ──► b', style).blocks),
      ),
    ),
    ...fc
      .sample(anyMessage, { seed: 4, numRuns: sampled })
      .map((message, i) => said(`netdiag/any-${i}/${message.is}`, view(message, () => 'a ──► b', 'modern').blocks)),
    said(
      'netdiag/whisper',
      whisper('Only for you: `ip-10-0-10-207`', ['USECOND01'], 'https://practice.example/archives/C1/p1').blocks,
    ),
  ];
  const types = Object.entries(messageBlocksByType).map(([type, block]) => said(`block/${type}`, [{ ...block, type }]));
  const older = limits.flatMap(([name, at, over]) => [
    said(`limit/${name}/at`, [at]),
    said(`limit/${name}/over`, [over]),
  ]);
  const newer = newerLimits.flatMap(([name, make, most]) => [
    said(`limit/${name}/at`, [make(most)]),
    said(`limit/${name}/over`, [make(most + 1)]),
  ]);
  return [...sent, ...views(), ...types, ...older, ...newer];
}

function said(name: string, blocks: readonly object[]): Golden {
  return { name, as: 'message', payload: { blocks }, ours: printed(checkMessage(blocks)) };
}

function shown(name: string, payload: object): Golden {
  return { name, as: 'view', payload, ours: printed(checkView(payload)) };
}

function namedMessages(): [string, Message][] {
  return Object.entries(messages).flatMap(([name, one]): [string, Message][] => ('is' in one ? [[name, one]] : []));
}

function views(): Golden[] {
  const source = { by: messages.onCallPerson, place: messages.incidentsPlace, responseUrl: null };
  const symptoms = [{ id: 'kubelet', label: 'kubectl logs/exec fails' }];
  const nodes = [
    { name: 'ip-10-0-10-207', cluster: 'prod-east', ready: false },
    { name: 'ip-10-0-10-115', cluster: 'prod-east', ready: true },
  ];
  const lists = { known: [], waiting: [], open: [], over: [], nodes };
  const quiet = { refusal: null, notice: 'You may look at everything.', at: 1_763_661_600_000, ...lists };
  const asked = { symptoms, channel: null };
  return [
    shown('netdiag/form/node', nodeForm({ ...asked, source: null, among: [] })),
    shown('netdiag/form/node-among', nodeForm({ ...asked, source: null, among: nodes.map(({ name }) => name) })),
    shown('netdiag/home/refusal', homeView({ refusal: 'You may not use netdiag.' })),
    shown('netdiag/home/empty', homeView(quiet)),
    shown('netdiag/form/reason', reasonForm('0'.repeat(32), source)),
  ];
}
