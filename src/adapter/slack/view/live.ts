import type { KnownBlock, RichTextElement, TaskCardBlock } from '@slack/types';
import type { LiveMessage, Step } from '../../../model/index.ts';
import type { Rendering, Style } from './block.ts';
import { say } from '../words.ts';
import { buttons, fallback, lines, plainText, rich, section } from './block.ts';
import { bare, clip } from './clean.ts';
import { code, person, plain, strong, text, words } from './rich.ts';

/** More steps than a glance can take: the first ones are counted instead. */
const mostSteps = 30;

const marks = { pending: '○', active: '●', done: '✓', failed: '✗' } as const;
const states = { pending: 'pending', active: 'in_progress', done: 'complete', failed: 'error' } as const;

/** The one message in the channel that changes: who, where, and how far. */
export function live(message: LiveMessage, style: Style): Rendering {
  const head = rich(
    ...lines([
      ...code(message.node, 260),
      ...text(say.live.cluster),
      ...code(message.cluster, 100),
      ...text(say.live.startedBy),
      ...person(message.by),
    ]),
  );
  const doing = message.steps.filter((step) => step.state === 'active').map((step) => `● ${plain(step.label)}`);
  return {
    text: fallback(message.node, plain(message.title), ...doing),
    blocks: [
      head,
      ...(style === 'modern' ? plan(message) : [listed(message)]),
      ...buttons(message.buttons ?? [], {
        title: plainText(say.stop.title, 100),
        text: plainText(say.stop.text, 300),
        confirm: plainText(say.stop.yes, 30),
        deny: plainText(say.stop.no, 30),
        style: 'danger',
      }),
    ],
  };
}

function plan(message: LiveMessage): KnownBlock[] {
  const { steps, earlier } = latest(message.steps);
  const ids = new Set(['earlier']);
  const counted =
    earlier > 0 ? [{ id: 'earlier', label: [{ text: say.live.earlier(earlier) }], state: 'done' } as const] : [];
  const tasks = [...counted, ...steps].map((step, i): TaskCardBlock => {
    const wanted = clip(step.id, 200) || 'step';
    const id = i > 0 && ids.has(wanted) ? `${wanted} ${i}` : wanted;
    ids.add(id);
    const detail = details(step, steps.length);
    return {
      type: 'task_card',
      task_id: id,
      title: bare(clip(plain(step.label), 140)) || '–',
      status: states[step.state],
      ...(detail.length === 0 ? {} : { details: rich(section(...detail)) }),
    };
  });
  return [{ type: 'plan', title: bare(clip(plain(message.title), 300)) || 'netdiag', tasks }];
}

/** What a step adds to its label; the fewer steps, the more of it. */
function details(step: Step, steps: number): RichTextElement[] {
  return words(step.detail ?? [], Math.max(160, Math.min(400, Math.floor(4800 / steps))));
}

function listed(message: LiveMessage): KnownBlock {
  const { steps, earlier } = latest(message.steps);
  return rich(
    ...lines(
      [...strong(clip(plain(message.title), 300))],
      earlier > 0 ? text(`✓ ${say.live.earlier(earlier)}`) : [],
      ...steps.map((step) => line(step, steps.length)),
    ),
  );
}

function line(step: Step, steps: number): RichTextElement[] {
  const label = words(step.label, 140);
  const detail = details(step, steps);
  return [...text(`${marks[step.state]} `), ...label, ...(detail.length === 0 ? [] : [...text(' — '), ...detail])];
}

function latest(steps: readonly Step[]): { readonly steps: readonly Step[]; readonly earlier: number } {
  const earlier = Math.max(0, steps.length - mostSteps);
  return { steps: steps.slice(earlier), earlier };
}
