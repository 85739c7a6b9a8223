import type { KnownBlock, RichTextElement, RichTextSection } from '@slack/types';
import { changesCluster, quoted } from '../../../model/index.ts';
import type { ApprovalMessage, Person, Plan } from '../../../model/index.ts';
import type { Rendering, Style } from './block.ts';
import { buttons, fallback, fold, lines, preformatted, rich, section } from './block.ts';
import { clip, inert, inertLines } from './clean.ts';
import { commandLines } from './command.ts';
import { code, limited, person, strong, text, when } from './rich.ts';

const risks: Readonly<Record<Plan['risk'], string>> = {
  1: 'run-time values of one node, exact undo',
  2: 'a daemon restart or one node rolled; undo is best effort',
  3: 'several nodes or pods are disrupted; undo is best effort',
};

const decisions = {
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  superseded: 'Withdrawn',
} as const;

/** Characters of steps, undo and rehearsal; together they stay within what Slack takes of one message. */
const room = {
  alone: { steps: 4600, undo: 2500, rehearsal: 0 },
  rehearsed: { steps: 3600, undo: 1900, rehearsal: 1900 },
} as const;

/** What is asked of an approver, down to the exact commands; once decided, who and when in place of the buttons. */
export function approval(message: ApprovalMessage, style: Style): Rendering {
  const { plan } = message;
  const title = `Fix ${message.letter} — ${plan.title}`;
  const steps = commandLines(plan.steps, plan.node.name);
  const undo = commandLines(plan.undo, plan.node.name);
  const waits = message.state === 'waiting';
  const most = plan.rehearsal.length === 0 ? room.alone : room.rehearsed;
  return {
    text: fallback(waits ? `Approval wanted: ${title}` : decision(message), steps),
    blocks: [
      rich(
        ...lines(
          strong(clip(title, 300)),
          text(`Risk ${plan.risk} of 3: ${risk(plan)}. ${clip(plan.safety, 800)}`),
          stage(plan),
          doors(message),
        ),
      ),
      rich(section(...where(plan)), preformatted(steps, most.steps)),
      ...rehearsal(plan, most.rehearsal),
      rich(section(...text('Undo:')), preformatted(undo === '' ? '(none)' : undo, most.undo)),
      ...notWhole([steps, most.steps], [undo, most.undo]),
      ...fold('What else is checked', rich(...checks(plan)), style),
      ...(waits
        ? [rich(...lines(rollback(plan), who(message), expiry(plan))), ...buttons(message.buttons)]
        : [decided(message)]),
    ],
  };
}

/** A file is no run-time value, and as exactly undone. */
function risk(plan: Plan): string {
  const writes = plan.steps.some((step) => step.kind === 'node-command' && step.stdin !== undefined);
  return plan.risk === 1 && writes ? 'one new file on one node, exact undo' : risks[plan.risk];
}

function stage({ stage: one }: Plan): RichTextElement[] {
  if (one === null) return [];
  const next =
    one.at === one.of
      ? 'This is the last one.'
      : 'It does not mend everything yet: the next step is offered when this one is done.';
  return [...strong(`Step ${one.at} of ${one.of}.`), ...text(` ${next}`)];
}

function where(plan: Plan): RichTextElement[] {
  const node = code(plan.node.name, 260);
  if (!changesCluster(plan)) return [...text('Runs on '), ...node, ...text(':')];
  return [
    ...text('I ask the API server of '),
    ...code(plan.cluster, 100),
    ...text(' for this, for '),
    ...node,
    ...text(':'),
  ];
}

/** What the API server's own dry-run says; nothing for a plan without patches. */
function rehearsal(plan: Plan, most: number): KnownBlock[] {
  if (plan.rehearsal.length === 0) return [];
  return [
    rich(
      section(...text('What that changes, as the API server says without doing it:')),
      preformatted(plan.rehearsal.map(inert).join('\n'), most),
    ),
  ];
}

/** Which ways into the node it closes and opens. */
export function doors({ plan, cameThrough }: ApprovalMessage): RichTextElement[] {
  const { closes, opens, confirmThrough } = plan.doors;
  if (changesCluster(plan)) return text('It changes no way into the node.');
  const came = [...text('I came in through '), ...code(cameThrough, 80)];
  if (closes.length + opens.length === 0)
    return [
      ...came,
      ...text('; this fix changes no way in. I confirm through '),
      ...named(confirmThrough),
      ...text('.'),
    ];
  const parts = [
    ...(closes.length > 0 ? [[...text('closes '), ...named(closes)]] : []),
    ...(opens.length > 0 ? [[...text('opens '), ...named(opens)]] : []),
    [...text('I confirm through '), ...named(confirmThrough)],
  ];
  const joined = parts.flatMap((part, i) =>
    i === 0 ? part : [...text(i === parts.length - 1 ? ', and ' : ', '), ...part],
  );
  return [...came, ...text('; this fix '), ...joined, ...text('.')];
}

function named(addresses: readonly string[]): RichTextElement[] {
  const each = addresses.flatMap((address, i) => [...(i === 0 ? [] : text(', ')), ...code(address, 80)]);
  return each.length === 0 ? text('an address that the plan does not name') : limited(each, 400);
}

/** How it is taken back when it does not go well. */
export function rollback(plan: Plan): RichTextElement[] {
  if (changesCluster(plan)) {
    return text(
      plan.undo.length === 0
        ? 'There is nothing to take back: what is deleted is made anew by its owner.'
        : 'Unless all is well afterwards, I take it back myself, by the undo steps in their order. The node cannot do that by itself.',
    );
  }
  return text(`The node restores itself after ${plan.rollbackSeconds} s unless a new connection confirms.`);
}

function who({ plan, approvers, requester }: ApprovalMessage): RichTextElement[] {
  const others = approvers.filter((one) => one.id !== requester.id);
  const number = plan.approvals === 1 ? 'one approval' : `${plan.approvals} approvals`;
  const from =
    others.length === 0 ? text('somebody who is allowed to approve; nobody else is configured') : people(others);
  return [
    ...text(`Needs ${number} from `),
    ...from,
    ...text(', not from '),
    ...person(requester),
    ...text(', who started this.'),
  ];
}

function people(all: readonly Person[]): RichTextElement[] {
  const shown = all.slice(0, 10).flatMap((one, i) => [...(i === 0 ? [] : text(' or ')), ...person(one)]);
  return all.length > 10 ? [...shown, ...text(` or one of ${all.length - 10} more`)] : shown;
}

function expiry(plan: Plan): RichTextElement[] {
  return [...text('Expires '), ...when(plan.expiresAt), ...text('.')];
}

function notWhole(...parts: readonly (readonly [string, number])[]): KnownBlock[] {
  if (parts.every(([lines, most]) => inertLines(lines).length <= most)) return [];
  return [rich(section(...strong('Not every command fits on this card. Read the whole plan before you approve it.')))];
}

function checks(plan: Plan): RichTextSection[] {
  const before = plan.preconditions.slice(0, 10).map((one) => code(quoted(one.argv), 150));
  const after = plan.verify.slice(0, 20).flatMap((check, i) => [...(i === 0 ? [] : text(', ')), ...code(check, 60)]);
  const objects = changesCluster(plan)
    ? 'Before: each object must still be the one of this plan, and unchanged since.'
    : 'Before: nothing.';
  return lines(
    text(before.length === 0 ? objects : 'Before, on the node, the output must still be the same:'),
    ...before,
    text(plan.preconditions.length > 10 ? `… (${plan.preconditions.length - 10} more)` : ''),
    [...text('Afterwards clear: '), ...(after.length === 0 ? text('nothing') : limited(after, 500))],
    [...text('Plan '), ...code(plan.id, 80)],
  );
}

function decision(message: ApprovalMessage): string {
  return message.state === 'waiting' ? '' : `${decisions[message.state]}: fix ${message.letter}`;
}

function decided(message: ApprovalMessage): KnownBlock {
  const by = message.decidedBy === undefined ? [] : [...text(' by '), ...person(message.decidedBy)];
  const at = message.decidedAt === undefined ? [] : [...text(', '), ...when(message.decidedAt)];
  const word = message.state === 'waiting' ? '' : decisions[message.state];
  return rich(
    section(...strong(word), ...by, ...at, ...text(' · plan '), ...code(`${clip(message.planHash, 64).slice(0, 12)}…`)),
  );
}
