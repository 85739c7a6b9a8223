import { lookedAt, weighChange } from '../change/again.ts';
import { attachCaptures } from '../watch/captures.ts';
import { close } from '../close.ts';
import { causeOf, plansRun } from '../change/past.ts';
import { repaired } from '../change/repaired.ts';
import type { Finding, IncidentState, Offer } from '../../model/index.ts';
import { propose } from '../offer/propose.ts';
import { record, set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The playbook has reached an end: offer a fix where there is one, close where there is nothing to do. */
export function conclude(turn: Turn, end: 'cause' | 'nothing' | 'unseen'): void {
  set(turn, { causes: causes(turn.state) });
  const changed = lookedAt(turn.state);
  if (changed !== null) return weighChange(turn, changed);
  const mended = mendedAfterAll(turn.state, end);
  if (mended !== null) return wasRepaired(turn, mended);
  const [first] = turn.state.findings;
  if (first !== undefined) record(turn, [{ text: `Found: ${first.statement}` }]);
  attachCaptures(turn);
  if (end === 'cause' && propose(turn)) return;
  close(turn, end === 'nothing' ? 'nothing-found' : first !== undefined && end === 'cause' ? 'advice' : 'unknown');
}

/** What was known before and what is known now; that for which a fix was begun stays as it was when it was approved. */
function causes({ causes: before = [], findings, offers, ...state }: IncidentState): readonly Finding[] {
  const ran = plansRun(state);
  const begun = new Set(offers.filter(({ plan }) => ran.has(plan.id)).map(({ plan }) => plan.finding));
  const now = findings.filter(({ code }) => !begun.has(code));
  const kept = before.filter(({ code }) => !now.some((one) => one.code === code));
  return [...kept, ...now];
}

/**
 * The last change mended its cause and left something to look for, and a whole diagnosis has not found it: every packet is answered,
 * and nothing is proven. Its offer; `null` where that is not so.
 */
function mendedAfterAll({ past, offers, findings, watches }: IncidentState, end: string): Offer | null {
  const last = past.at(-1);
  if (last?.leaves === undefined || last.entry?.state !== 'confirmed' || end === 'unseen') return null;
  if (watches.length === 0 || watches.some(({ story }) => story.fate !== 'answered')) return null;
  if (findings.some(({ code, confidence }) => confidence === 'proven' || code === last.leaves)) return null;
  return offers.find(({ plan }) => plan.id === last.plan) ?? null;
}

function wasRepaired(turn: Turn, offer: Offer): void {
  const { past } = turn.state;
  const last = past.at(-1);
  const cause = causeOf(turn.state, offer.plan);
  if (last === undefined) return;
  const { leaves: _, ...change } = last;
  record(turn, [{ text: 'Looked at everything again: every marked packet is answered, and no other cause is there' }]);
  set(turn, { past: past.slice(0, -1), change, ...(cause === null ? {} : { findings: [cause] }) });
  repaired(turn, offer);
}
