import type { KnownBlock, RichTextElement, RichTextSection } from '@slack/types';
import { changesCluster, quoted } from '../../../model/index.ts';
import type { ApprovalMessage, Person, Plan } from '../../../model/index.ts';
import type { Rendering, Style } from './block.ts';
import { buttons, fallback, fold, lines, preformatted, rich, section } from './block.ts';
import { clip, inert, inertLines } from './clean.ts';
import { commandLines } from './command.ts';
import { code, limited, person, strong, text, when } from './rich.ts';
import { say } from '../words.ts';

const risks: Readonly<Record<Plan['risk'], string>> = {
  1: say.card.risk1,
  2: say.card.risk2,
  3: say.card.risk3,
};

const decisions = {
  approved: say.card.approved,
  rejected: say.card.rejected,
  revoked: say.card.revoked,
  expired: say.card.expired,
  superseded: say.card.superseded,
} as const;

/** Characters of steps, undo and rehearsal; together they stay within what Slack takes of one message. */
const room = {
  alone: { steps: 4600, undo: 2500, rehearsal: 0 },
  rehearsed: { steps: 3600, undo: 1900, rehearsal: 1900 },
} as const;

/** What is asked of an approver, down to the exact commands; once decided, who and when in place of the buttons. */
export function approval(message: ApprovalMessage, style: Style): Rendering {
  const { plan } = message;
  const title = say.home.fix(message.letter, plan.title);
  const steps = commandLines(plan.steps, plan.node.name);
  const undo = commandLines(plan.undo, plan.node.name);
  const waits = message.state === 'waiting';
  const most = plan.rehearsal.length === 0 ? room.alone : room.rehearsed;
  return {
    text: fallback(waits ? say.card.wanted(title) : decision(message), steps),
    blocks: [
      rich(
        ...lines(
          strong(clip(title, 300)),
          text(`${say.home.risk(plan.risk)}: ${risk(plan)}. ${clip(plan.safety, 800)}`),
          stage(plan),
          doors(message),
        ),
      ),
      rich(section(...where(plan)), preformatted(steps, most.steps)),
      ...rehearsal(plan, most.rehearsal),
      rich(section(...text(say.card.undo)), preformatted(undo === '' ? say.card.none : undo, most.undo)),
      ...notWhole([steps, most.steps], [undo, most.undo]),
      ...fold(say.card.checks, rich(...checks(plan)), style),
      ...(waits
        ? [
            rich(...lines(held(message), rollback(plan), who(message), soFar(message), signing(message), expiry(plan))),
            ...buttons(message.buttons),
          ]
        : [decided(message), ...buttons(message.buttons)]),
    ],
  };
}

/** A file is no run-time value, and as exactly undone. */
function risk(plan: Plan): string {
  const writes = plan.steps.some((step) => step.kind === 'node-command' && step.stdin !== undefined);
  return plan.risk === 1 && writes ? say.card.newFile : risks[plan.risk];
}

/** What stands against beginning it now. */
function held({ held: against }: ApprovalMessage): RichTextElement[] {
  return against === undefined ? [] : [...strong(say.card.held), ...text(clip(against, 600))];
}

function stage({ stage: one }: Plan): RichTextElement[] {
  if (one === null) return [];
  const next = one.at === one.of ? say.card.lastStage : say.card.nextStage;
  return [...strong(say.card.stage(one.at, one.of)), ...text(` ${next}`)];
}

function where(plan: Plan): RichTextElement[] {
  const node = code(plan.node.name, 260);
  if (!changesCluster(plan)) return [...text(say.card.runsOn), ...node, ...text(':')];
  return [...text(say.card.askApiServer), ...code(plan.cluster, 100), ...text(say.card.askFor), ...node, ...text(':')];
}

/** What the API server's own dry-run says; nothing for a plan without patches. */
function rehearsal(plan: Plan, most: number): KnownBlock[] {
  if (plan.rehearsal.length === 0) return [];
  return [rich(section(...text(say.card.rehearsal)), preformatted(plan.rehearsal.map(inert).join('\n'), most))];
}

/** Which ways into the node it closes and opens. */
export function doors({ plan, cameThrough }: ApprovalMessage): RichTextElement[] {
  const { closes, opens, confirmThrough } = plan.doors;
  if (changesCluster(plan)) return text(say.card.noDoors);
  const came = [...text(say.card.came), ...code(cameThrough, 80)];
  if (closes.length + opens.length === 0)
    return [...came, ...text(say.card.sameDoors), ...named(confirmThrough), ...text('.')];
  const parts = [
    ...(closes.length > 0 ? [[...text(say.card.closes), ...named(closes)]] : []),
    ...(opens.length > 0 ? [[...text(say.card.opens), ...named(opens)]] : []),
    [...text(say.card.confirm), ...named(confirmThrough)],
  ];
  const joined = parts.flatMap((part, i) =>
    i === 0 ? part : [...text(i === parts.length - 1 ? say.card.and : ', '), ...part],
  );
  return [...came, ...text(say.card.thisFix), ...joined, ...text('.')];
}

function named(addresses: readonly string[]): RichTextElement[] {
  const each = addresses.flatMap((address, i) => [...(i === 0 ? [] : text(', ')), ...code(address, 80)]);
  return each.length === 0 ? text(say.card.noAddress) : limited(each, 400);
}

/** How it is taken back when it does not go well. */
export function rollback(plan: Plan): RichTextElement[] {
  if (changesCluster(plan)) {
    return text(plan.undo.length === 0 ? say.card.nothingBack : say.card.takeBack);
  }
  return text(say.card.restores(plan.rollbackSeconds));
}

function who({ plan, approvers, requester }: ApprovalMessage): RichTextElement[] {
  const others = approvers.filter((one) => one.id !== requester.id);
  const number = say.card.approvals(plan.approvals);
  const from = others.length === 0 ? text(say.card.nobody) : people(others);
  return [
    ...text(say.card.needs(number)),
    ...from,
    ...text(say.card.notFrom),
    ...known(requester),
    ...text(say.card.starter),
  ];
}

function people(all: readonly Person[]): RichTextElement[] {
  const shown = all.slice(0, 10).flatMap((one, i) => [...(i === 0 ? [] : text(say.card.or)), ...known(one)]);
  return all.length > 10 ? [...shown, ...text(say.card.orMore(all.length - 10))] : shown;
}

/** A name can be anybody's: what decides is the id, and that stands beside it. */
function known(one: Person): RichTextElement[] {
  return [...person(one), ...text(' ('), ...code(one.id, 40), ...text(')')];
}

/** Whoever has approved already, where more are wanted. */
function soFar({ plan, consents = [] }: ApprovalMessage): RichTextElement[] {
  if (consents.length === 0) return [];
  return [...text(say.card.soFar(consents.length, plan.approvals)), ...agreed(consents)];
}

function agreed(consents: NonNullable<ApprovalMessage['consents']>): RichTextElement[] {
  return consents
    .slice(0, 10)
    .flatMap(({ by, at, signed }, i) => [
      ...(i === 0 ? [] : text(', ')),
      ...known(by),
      ...text(signed ? say.card.withSignature : ' '),
      ...when(at),
    ]);
}

/** Whether a signature is demanded, and who looks at it. */
function signing({ signing: by }: ApprovalMessage): RichTextElement[] {
  if (by === undefined) return [];
  return text(by === 'here' ? say.card.signedHere : say.card.signedByNode);
}

function expiry(plan: Plan): RichTextElement[] {
  return [...text(say.card.expires), ...when(plan.expiresAt), ...text('.')];
}

function notWhole(...parts: readonly (readonly [string, number])[]): KnownBlock[] {
  if (parts.every(([lines, most]) => inertLines(lines).length <= most)) return [];
  return [rich(section(...strong(say.card.notWhole)))];
}

function checks(plan: Plan): RichTextSection[] {
  const before = plan.preconditions.slice(0, 10).map((one) => code(quoted(one.argv), 150));
  const after = plan.verify.slice(0, 20).flatMap((check, i) => [...(i === 0 ? [] : text(', ')), ...code(check, 60)]);
  const objects = changesCluster(plan) ? say.card.objects : say.card.before0;
  return lines(
    text(before.length === 0 ? objects : say.card.before),
    ...before,
    text(plan.preconditions.length > 10 ? say.more(plan.preconditions.length - 10) : ''),
    [...text(say.card.after), ...(after.length === 0 ? text(say.card.nothing) : limited(after, 500))],
    [...text(say.card.plan), ...code(plan.id, 80)],
  );
}

function decision(message: ApprovalMessage): string {
  return message.state === 'waiting' ? '' : say.card.decided(decisions[message.state], message.letter);
}

/** Who decided, when and why, and how it went. */
function decided(message: ApprovalMessage): KnownBlock {
  const { decidedBy, decidedAt, reason, glass, state, consents = [], revokedBy, became } = message;
  const several = state === 'approved' && consents.length > 1;
  const by = several
    ? [...text(say.card.by), ...agreed(consents)]
    : [
        ...(decidedBy === undefined ? [] : [...text(say.card.by), ...known(decidedBy)]),
        ...(decidedAt === undefined ? [] : [...text(', '), ...when(decidedAt)]),
      ];
  const signed = !several && consents.some((one) => one.signed) ? text(say.card.andSigned) : [];
  const word = state === 'waiting' ? '' : glass === true ? say.card.alone : decisions[state];
  return rich(
    ...lines(
      [
        ...strong(word),
        ...by,
        ...signed,
        ...text(say.card.ofPlan),
        ...code(`${clip(message.planHash, 64).slice(0, 12)}…`),
      ],
      reason === undefined ? [] : [...text(say.card.because), ...code(reason, 500)],
      revokedBy === undefined ? [] : [...text(say.card.revoking), ...known(revokedBy), ...text('.')],
      became === undefined ? [] : text(say.card.became[became]),
    ),
  );
}
