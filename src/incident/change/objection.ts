import { readingsOf } from '../../check/check.ts';
import type { Check } from '../../check/check.ts';
import type { IncidentState, Offer, Plan } from '../../model/index.ts';
import type { Drafted } from '../../remediation/remediation.ts';
import { drafted } from '../offer/draft.ts';
import type { House } from '../house.ts';
import { mends } from './past.ts';
import type { Turn } from '../turn.ts';

/** Checks whose word is needed before a change can be called good: the one that found the cause, and those that the plan names. */
export function witnesses(house: House, plan: Plan): readonly Check[] {
  const own = house.checks.filter(({ codes }) => codes.includes(plan.finding));
  const named = mends(plan) ? house.checks.filter(({ id }) => plan.verify.includes(id)) : [];
  return [...new Set([...own, ...named])];
}

/** Why a change of the cluster cannot be called good; `null` when it can. Nothing seen is an objection too. */
export function objection({ state, house }: Turn, { plan }: Offer): string | null {
  const { findings, watched } = state;
  const own = house.remediations.find(({ id }) => id === plan.remediation);
  const same = findings.find(({ code }) => code === plan.finding);
  if (same !== undefined && mends(plan)) return `It is still so: ${same.statement}`;
  // A step on the way may leave the fault in another form, which it should have mended as well.
  const still = same ?? (mends(plan) ? undefined : findings.find(({ code }) => own?.fixes.includes(code) === true));
  if (still !== undefined) {
    const now = own === undefined ? null : drafted(state, own, still);
    return now !== null && ('done' in now || isNext(now, plan))
      ? null
      : `It is not as the fix should have made it: ${still.statement}`;
  }
  const unclear = notClear(state, house, plan);
  if (unclear !== null) return unclear;
  const other = findings.some(({ confidence }) => confidence === 'proven');
  return mends(plan) && watched?.story.fate !== 'answered' && !other ? answered(state) : null;
}

/** Whether a draft is the next batch of pods: it holds none of those that this plan replaced. */
function isNext(now: Drafted, plan: Plan): boolean {
  if (!('steps' in now)) return false;
  const left = new Set(podsOf(now.steps));
  const own = podsOf(plan.steps);
  return own.length > 0 && own.every((uid) => !left.has(uid));
}

function podsOf(steps: Plan['steps']): string[] {
  return steps.flatMap((step) => (step.kind === 'pod-delete' && step.uid !== null ? [step.uid] : []));
}

/** What the marked packets of the last look say. */
export function answered({ watched, watchFailure }: IncidentState): string {
  return watched === null
    ? (watchFailure ?? 'No marked packets could be sent.')
    : `${watched.sent.answered} of ${watched.sent.count} marked packets are answered.`;
}

/** Which witness has no good word; `null` where all have. */
function notClear(state: IncidentState, house: House, plan: Plan): string | null {
  const { bound, answers, watchFailure } = state;
  const checks = witnesses(house, plan);
  if (bound === null || checks.length === 0)
    return 'It could not be seen whether the cause is gone: the check that found it is not known any more.';
  const readings = readingsOf(answers);
  const said = checks.flatMap((check) => {
    const verdict = check.judge(bound, readings);
    if (verdict.is === 'unknown') return [`it could not be seen whether ${check.ruledOut}`];
    // What else the check that found the cause may find is another cause, and has plans of its own.
    const own = check.codes.includes(plan.finding);
    const bad = verdict.is === 'found' && (!own || verdict.findings.some(({ code }) => code === plan.finding));
    return bad && plan.verify.includes(check.id) && mends(plan) ? [`${check.suspect} still`] : [];
  });
  if (said.length === 0) return null;
  return `After the change ${said.join(', ')}.${watchFailure === null ? '' : ` ${watchFailure}`}`;
}
