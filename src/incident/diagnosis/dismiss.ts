import type { Person } from '../../model/index.ts';
import { close } from '../close.ts';
import { propose, replace, superseded } from '../offer/propose.ts';
import { audit, record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Somebody says that a finding is not it: its plans are off, and the next suspect leads. A sentence where it is too late. */
export function dismiss(turn: Turn, code: string, by: Person): string | null {
  const { life, findings, offers, watches, dismissed, ruledOut } = turn.state;
  const finding = findings.find((one) => one.code === code);
  if (life !== 'proposing' || finding === undefined) return 'That finding does not lead any more.';
  audit(turn, by.id, 'dismissed', code);
  record(turn, [{ person: by }, { text: ` says that is not it: ${finding.statement}` }]);
  for (const offer of offers) if (offer.plan.finding === code) replace(turn, superseded(offer));
  const left = findings.filter((one) => one.code !== code);
  set(turn, {
    dismissed: [...dismissed, code],
    findings: left,
    watched: watches[left[0]?.watch ?? 0] ?? null,
    ruledOut: [...ruledOut, `${finding.statement} (somebody in the thread says that is not it)`],
  });
  if (turn.state.offers.some(({ state }) => state === 'waiting' || state === 'rehearsing')) return null;
  if (left.length === 0 || !propose(turn)) close(turn, left.length === 0 ? 'unknown' : 'advice');
  return null;
}
