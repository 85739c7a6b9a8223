import { meaningOf, typedLines } from '../../../model/command.ts';
import { changesCluster } from '../../../model/index.ts';
import type { ApprovalMessage, Person, Plan, PlanStep } from '../../../model/index.ts';
import { behind, section } from '../block.ts';
import { clockTime } from '../clock-time.ts';
import { code, joined, type Line, say } from '../piece.ts';

/** What is asked of an approver, or what became of it. */
export function renderApproval(message: ApprovalMessage, width: number): readonly Line[] {
  const { letter, plan, planHash, state } = message;
  const head = behind(
    [say(`Fix ${letter} `, 'strong')],
    [say('— '), say(plan.title), say(` · risk ${plan.risk} of 3${stage(plan)}`, 'dim')],
    width,
  );
  if (state !== 'waiting') return [...head, ...decided(message).flatMap((line) => behind([say('  ')], line, width))];
  return [
    ...head,
    ...behind([say('  ')], [say(plan.safety)], width),
    ...section(
      changesCluster(plan)
        ? `Through the API server of ${plan.cluster}, for ${plan.node.name}`
        : `On ${plan.node.name}`,
      plan.steps.flatMap(stepLines),
      width,
    ),
    ...section('What that changes, as the API server says without doing it', plan.rehearsal.map(difference), width),
    ...section('Undo', plan.undo.flatMap(stepLines), width),
    [],
    ...[
      ...held(message),
      doors(message),
      rollback(plan),
      needed(message),
      ...soFar(message),
      [say('Plan '), code(planHash)],
    ].flatMap((line) => behind([say('  ')], line, width)),
  ];
}

/** What stands against beginning it now. */
function held({ held: against }: ApprovalMessage): readonly Line[] {
  return against === undefined ? [] : [[say('It would not begin now: ', 'warn'), say(against)]];
}

function stage({ stage: one }: Plan): string {
  return one === null ? '' : ` · step ${one.at} of ${one.of}`;
}

/** The command, what it reads below it, and above it what the API server is asked for. */
function stepLines(step: PlanStep): readonly Line[] {
  const [first = '', ...more] = typedLines(step);
  return [
    ...(step.kind === 'node-command' ? [] : [[say('# ', 'dim'), code(meaningOf(step))]]),
    [say('$ ', 'dim'), code(first)],
    ...more.map((line) => [code(line)]),
  ];
}

function difference(line: string): Line {
  return [code(line)];
}

function doors({ plan, cameThrough }: ApprovalMessage): Line {
  const { closes, opens, confirmThrough } = plan.doors;
  if (changesCluster(plan)) return [say('It changes no way into the node.')];
  const list = (addresses: readonly string[]): Line =>
    joined(
      addresses.map((address) => [code(address)]),
      ', ',
    );
  const changes = [
    ...(closes.length === 0 ? [] : [[say('closes '), ...list(closes)]]),
    ...(opens.length === 0 ? [] : [[say('opens '), ...list(opens)]]),
  ];
  const effect = changes.length === 0 ? [say('leaves every door as it is')] : joined(changes, ' and ');
  return [
    say('I came in through '),
    code(cameThrough),
    say('; this fix '),
    ...effect,
    say('. I will confirm through '),
    ...list(confirmThrough),
    say('.'),
  ];
}

function rollback(plan: Plan): Line {
  if (!changesCluster(plan))
    return [say(`The node restores itself after ${plan.rollbackSeconds} s unless a new connection confirms.`)];
  return [
    say(
      plan.undo.length === 0
        ? 'There is nothing to take back: what is deleted is made anew by its owner.'
        : 'Unless all is well afterwards, netdiag takes it back by the undo steps; the node cannot do that by itself.',
    ),
  ];
}

function needed({ plan, requester, approvers }: ApprovalMessage): Line {
  const who = approvers.length === 0 ? 'nobody is named as an approver' : approvers.map(known).join(', ');
  const many = `${plan.approvals} approval${plan.approvals === 1 ? '' : 's'}`;
  return [
    say(
      `Needs ${many} (${who}), not from ${known(requester)}, who started this. Expires ${clockTime(plan.expiresAt)}.`,
    ),
  ];
}

/** A name can be anybody's: what decides is the id, and that stands beside it. */
function known({ id, name }: Person): string {
  return id === name || id === `terminal:${name}` ? `@${id}` : `@${name} (${id})`;
}

/** Whoever has approved already, and whether a signature is demanded. */
function soFar({ plan, consents = [], signing }: ApprovalMessage): readonly Line[] {
  const agreed =
    consents.length === 0
      ? []
      : [[say(`${consents.length} of ${plan.approvals} so far: ${consents.map(agreement).join(', ')}`)]];
  if (signing === undefined) return agreed;
  const looks = signing === 'here' ? 'it counts once it is verified.' : 'the node alone decides whether it counts.';
  return [...agreed, [say(`The node has a gate and demands your signature: ${looks}`)]];
}

function agreement({ by, at, signed }: NonNullable<ApprovalMessage['consents']>[number]): string {
  return `${known(by)}${signed ? ', signed' : ''}, ${clockTime(at)}`;
}

const BECAME = {
  running: 'It is under way.',
  confirmed: 'It was done, and it was seen to help.',
  'rolled-back': 'It was taken back.',
  refused: 'It was not begun: the node refused.',
  unknown: 'How it ended is not known for certain: see the summary.',
} as const;

/** Who decided, when and why, and how it went. */
function decided(message: ApprovalMessage): readonly Line[] {
  const { state, decidedBy, decidedAt, planHash, consents = [], reason, glass, revokedBy, became } = message;
  const by = decidedBy === undefined ? '' : ` by ${known(decidedBy)}`;
  const at = decidedAt === undefined ? '' : `, ${clockTime(decidedAt)}`;
  const all = state === 'approved' && consents.length > 0 ? ` by ${consents.map(agreement).join(', ')}` : `${by}${at}`;
  const words = {
    waiting: say('Waiting', 'warn'),
    approved: glass === true ? say('Approved alone, in an emergency', 'warn') : say('Approved', 'good'),
    rejected: say('Rejected', 'bad'),
    revoked: say('Revoked before it began', 'bad'),
    expired: say('Expired: nobody can approve it any more', 'warn'),
    superseded: say('Replaced by another plan', 'dim'),
  };
  return [
    [words[state], say(`${all} · plan `), code(planHash.slice(0, 12))],
    ...(reason === undefined ? [] : [[say('Because: '), code(reason)]]),
    ...(revokedBy === undefined
      ? []
      : [[say(`Revoked by ${known(revokedBy)}; if the node had taken the plan by then, it is taken back.`, 'warn')]]),
    ...(became === undefined ? [] : [[say(BECAME[became])]]),
  ];
}
