import type { Offer, Person } from '../../model/index.ts';
import { breakGlass } from './authorise.ts';
import { carryOut } from './carry-out.ts';
import { approversBut, isApprover, mayBreakGlass, names, samePerson } from './people.ts';
import { groupsOf, refuse, signedWith } from './pressed.ts';
import type { Press } from './pressed.ts';
import { audit, name, record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

const RUN = 'A fix is already running or has run in this incident.';

/** Somebody approves alone, in an emergency: everybody is told, and somebody else has to look at it afterwards. */
export function approveAlone(turn: Turn, offer: Offer, event: Press): void {
  const { by, reason = '' } = event;
  const verdict = breakGlass(offer, by, event.at, turn.house.approval, reason, event.signature);
  if (verdict.is === 'refused') return refuse(turn, by, verdict.sentence, offer.plan.id);
  if (verdict.is === 'consented' || turn.state.life !== 'proposing') return refuse(turn, by, RUN, offer.plan.id);
  const { id } = offer.plan;
  audit(turn, by.id, 'broke-glass', `plan ${id} hash ${offer.hash}${signedWith(event)} ${reason}`);
  record(turn, [{ person: by }, { text: ` approved Fix ${offer.letter} alone, in an emergency: ` }, { code: reason }]);
  const broken = { plan: id, by, at: event.at, reason, reviewed: null };
  set(turn, { glass: [...(turn.state.glass ?? []), broken] });
  name(turn, { means: 'reviewed', plan: id });
  carryOut(turn, offer, by, verdict);
}

/** Somebody else has looked at what one person approved alone; a sentence where they may not say so. */
export function review(turn: Turn, plan: string, by: Person): string | null {
  const { house, state } = turn;
  const times = state.glass?.filter((one) => one.plan === plan) ?? [];
  const open = times.filter(({ reviewed }) => reviewed === null);
  const [broken] = open;
  if (broken === undefined)
    return times.length === 0
      ? 'There is nothing to review.'
      : `${times.at(-1)?.reviewed?.by.name} has reviewed it already.`;
  if (open.some((one) => samePerson(by, one.by, house.approval)))
    return 'You approved it yourself, so somebody else has to review it.';
  if (!isApprover(by, house.approval, groupsOf(turn)) && !mayBreakGlass(by, house.approval))
    return `Only those who may approve review it: ${names(approversBut(broken.by, house.approval))}.`;
  audit(turn, by.id, 'reviewed', `plan ${plan}, approved alone by ${broken.by.id}`);
  record(turn, [{ person: by }, { text: ' reviewed what ' }, { person: broken.by }, { text: ' approved alone' }]);
  const reviewed = { by, at: turn.event.at };
  set(turn, { glass: (state.glass ?? []).map((one) => (open.includes(one) ? { ...one, reviewed } : one)) });
  return null;
}
