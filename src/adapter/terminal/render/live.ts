import type { LiveMessage, Step } from '../../../model/index.ts';
import { behind } from '../block.ts';
import { type Line, type Piece, rich, say } from '../piece.ts';
import { wrap } from '../wrap.ts';

const SIGNS: Readonly<Record<Step['state'], Piece>> = {
  pending: say('○ ', 'dim'),
  active: say('● ', 'warn'),
  done: say('✓ ', 'good'),
  failed: say('✗ ', 'bad'),
};

/** Node, cluster and starter, then one line for each step. */
export function renderLive(message: LiveMessage, width: number): readonly Line[] {
  return [...renderLiveHead(message, width), ...message.steps.flatMap((step) => renderStep(step, width))];
}

export function renderLiveHead({ node, cluster, by, title }: LiveMessage, width: number): readonly Line[] {
  const head = [say(node, 'strong'), say(` · cluster ${cluster} · started by @${by.name}`)];
  return [...wrap(head, width), ...(title.length === 0 ? [] : wrap(rich(title), width))];
}

export function renderStep({ label, state, detail }: Step, width: number): readonly Line[] {
  const text = rich(label);
  return behind([SIGNS[state]], detail === undefined ? text : [...text, say(' — '), ...rich(detail)], width);
}
