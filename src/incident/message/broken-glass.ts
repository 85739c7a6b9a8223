import type { BrokenGlass, IncidentState, Message, NoteMessage, Rich } from '../../model/index.ts';
import type { ApprovalPolicy } from '../house.ts';
import { approversBut } from '../offer/people.ts';
import { tokenOf } from '../turn.ts';

/** What one person approved alone: told to everybody who may approve, and open until somebody else has reviewed it. */
export function glassMessages(state: IncidentState, policy: ApprovalPolicy): readonly (readonly [string, Message])[] {
  return (state.glass ?? []).map((broken, at) => [glassSlot(at), glassMessage(state, broken, policy)] as const);
}

/** One message for each time: a plan that was held meanwhile may be approved so again. */
export function glassSlot(at: number): string {
  return `glass ${at}`;
}

function glassMessage(state: IncidentState, broken: BrokenGlass, policy: ApprovalPolicy): NoteMessage {
  const { by, reason, reviewed, plan } = broken;
  const offer = state.offers.find((one) => one.plan.id === plan);
  const what: Rich = [
    { strong: 'Break-glass: ' },
    { person: by },
    { text: ` approved Fix ${offer?.letter ?? ''} (${offer?.plan.title ?? ''}) on ` },
    { code: state.node },
    { text: ' alone, because: ' },
    { code: reason },
    { text: '. ' },
  ];
  if (reviewed !== null) return { is: 'note', text: [...what, { text: 'Reviewed by ' }, { person: reviewed.by }] };
  const others = approversBut(by, policy).flatMap((person, at): Rich => [
    ...(at === 0 ? [] : [{ text: ', ' }]),
    { person },
  ]);
  const token = tokenOf(state, { means: 'reviewed', plan });
  return {
    is: 'note',
    loud: true,
    text: [
      ...what,
      {
        text: 'Everything else holds: the rollback, what is checked before, the audit. Somebody else has to review it: ',
      },
      ...(others.length === 0 ? [{ text: 'nobody else is configured (approval.approvers)' }] : others),
    ],
    ...(token === null ? {} : { buttons: [{ token, label: 'Reviewed' }] }),
  };
}
