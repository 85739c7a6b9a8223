import { quoted } from '../../../model/index.ts';
import type { ApprovalMessage, Plan, PlanStep } from '../../../model/index.ts';
import { behind, section } from '../block.ts';
import { clockTime } from '../clock-time.ts';
import { code, joined, type Line, say } from '../piece.ts';

/** What is asked of an approver, or what became of it. */
export function renderApproval(message: ApprovalMessage, width: number): readonly Line[] {
  const { letter, plan, planHash, state } = message;
  const head = behind(
    [say(`Fix ${letter} `, 'strong')],
    [say('— '), say(plan.title), say(` · risk ${plan.risk} of 3`, 'dim')],
    width,
  );
  if (state !== 'waiting') return [...head, ...behind([say('  ')], decided(message), width)];
  return [
    ...head,
    ...behind([say('  ')], [say(plan.safety)], width),
    ...section(`On ${plan.node.name}`, plan.steps.map(stepLine), width),
    ...section('Undo', plan.undo.map(stepLine), width),
    [],
    ...[doors(message), rollback(plan), needed(message), [say('Plan '), code(planHash)]].flatMap((line) =>
      behind([say('  ')], line, width),
    ),
  ];
}

function stepLine(step: PlanStep): Line {
  return [say('$ ', 'dim'), code(quoted(step.argv))];
}

function doors({ plan, cameThrough }: ApprovalMessage): Line {
  const { closes, opens, confirmThrough } = plan.doors;
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

function rollback({ rollbackSeconds }: Plan): Line {
  return [say(`The node restores itself after ${rollbackSeconds} s unless a new connection confirms.`)];
}

function needed({ plan, requester, approvers }: ApprovalMessage): Line {
  const who =
    approvers.length === 0 ? 'nobody is named as an approver' : approvers.map(({ name }) => `@${name}`).join(', ');
  const many = `${plan.approvals} approval${plan.approvals === 1 ? '' : 's'}`;
  return [
    say(`Needs ${many} (${who}), not from @${requester.name}, who started this. Expires ${clockTime(plan.expiresAt)}.`),
  ];
}

function decided({ state, decidedBy, decidedAt, planHash }: ApprovalMessage): Line {
  const by = decidedBy === undefined ? '' : ` by @${decidedBy.name}`;
  const at = decidedAt === undefined ? '' : `, ${clockTime(decidedAt)}`;
  const words = {
    waiting: say('Waiting', 'warn'),
    approved: say('Approved', 'good'),
    rejected: say('Rejected', 'bad'),
    expired: say('Expired: nobody can approve it any more', 'warn'),
    superseded: say('Replaced by another plan', 'dim'),
  };
  return [words[state], say(`${by}${at} · plan `), code(planHash.slice(0, 12))];
}
