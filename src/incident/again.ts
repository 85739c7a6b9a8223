import type { IncidentState, Offer } from '../model/index.ts';
import { close } from './close.ts';
import { drafted } from './draft.ts';
import { mends } from './past.ts';
import { propose } from './propose.ts';
import { repaired } from './repaired.ts';
import { audit, live, record, set, trouble, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** How often netdiag looks again before it calls a change of the cluster a failure, and the pause between: controllers need time. */
const LOOKS = 4;
const PAUSE_MS = 5_000;
const LOOK_AGAIN = 'look again ';

/** Forgets what was seen and looks at everything anew, the cluster first: the whole diagnosis is the verification. */
export function lookAfresh(turn: Turn): void {
  forget(turn);
  want(turn, { do: 'locate', node: turn.state.node });
}

/** Forgets what the diagnosis saw and what it concluded; what people said stays. */
export function forget(turn: Turn): void {
  const { playbook } = turn.state;
  const known = playbook === null ? undefined : turn.house.playbooks.get(playbook.id);
  set(turn, {
    answers: {},
    looks: [],
    rounds: 0,
    watches: [],
    watched: null,
    watchFailure: null,
    findings: [],
    ruledOut: [],
    unseen: [],
    playbook: playbook === null || known === undefined ? null : { ...playbook, state: known.route.start },
  });
}

/** The plan whose outcome is being looked at; `null` outside such a look. */
export function lookedAt({ change, offers }: IncidentState): Offer | null {
  if (change?.cluster === null || change?.entry?.state !== 'applied') return null;
  return offers.find(({ plan, state }) => plan.id === change.plan && state === 'approved') ?? null;
}

/** The diagnosis after a change of the cluster has come to an end: keep the change, look once more, or take it back. */
export function weighChange(turn: Turn, offer: Offer): void {
  const { change } = turn.state;
  if (change === null || change.cluster === null) return;
  const against = objection(turn, offer);
  const seen = against ?? `${answered(turn.state)}${mends(offer.plan) ? '' : ` Step ${stageOf(offer)} is done.`}`;
  if (against !== null && change.cluster.looked + 1 < LOOKS) {
    set(turn, { change: { ...change, cluster: { ...change.cluster, looked: change.cluster.looked + 1 } } });
    return want(turn, { do: 'wake', name: `${LOOK_AGAIN}${offer.plan.id}`, at: turn.event.at + PAUSE_MS });
  }
  set(turn, { change: { ...change, verified: against === null, seen } });
  record(turn, [
    { text: against === null ? 'Verified by looking at everything again: ' : 'Not verified: ' },
    { text: seen },
  ]);
  audit(turn, 'netdiag', against === null ? 'verified' : 'not-verified', `plan ${offer.plan.id} ${seen}`);
  if (against !== null) {
    trouble(turn, `Fix ${offer.letter} did not do what it should: ${seen}`);
    return takeBack(turn, offer);
  }
  confirm(turn, offer);
}

/** The pause before another look is over. */
export function lookOnceMore(turn: Turn, wake: string): boolean {
  const offer = lookedAt(turn.state);
  if (offer === null || wake !== `${LOOK_AGAIN}${offer.plan.id}`) return wake.startsWith(LOOK_AGAIN);
  if (turn.state.life === 'diagnosing') live(turn, 'again');
  if (turn.state.life === 'opened') lookAfresh(turn);
  return true;
}

/** Looking again after a change came to nothing. False where no change is being looked at. */
export function lookFailed(turn: Turn, sentence: string): boolean {
  const offer = lookedAt(turn.state);
  if (offer === null) return false;
  set(turn, { watchFailure: sentence });
  weighChange(turn, offer);
  return true;
}

/** Takes back what was done, step by step, and leaves the thread with the diagnosis that led to it. */
export function takeBack(turn: Turn, { letter, plan }: Offer): void {
  const { change } = turn.state;
  if (change === null || change.cluster === null) return;
  set(turn, { ...change.cluster.cause });
  if (plan.undo.length === 0) {
    trouble(
      turn,
      `Fix ${letter} leaves nothing to take back: the pods that it deleted were made anew by their owners.`,
    );
    return close(turn, 'unknown');
  }
  const cluster = { ...change.cluster, list: 'undo' as const, done: 0 };
  set(turn, { change: { ...change, cluster } });
  live(turn, 'settle');
  record(turn, [{ text: `Taking Fix ${letter} back` }]);
  const { approval, before } = cluster;
  want(turn, { do: 'cluster-step', plan, approval, list: 'undo', at: 0, before });
}

/** Why the change cannot be called good; `null` when it can. */
function objection(turn: Turn, { plan }: Offer): string | null {
  const { findings, watched } = turn.state;
  const still = findings.find(({ code }) => code === plan.finding);
  const own = turn.house.remediations.find(({ id }) => id === plan.remediation);
  if (still !== undefined && mends(plan)) return `It is still so: ${still.statement}`;
  if (still !== undefined && own !== undefined) {
    const now = drafted(turn.state, own, still);
    if (now === null || !('done' in now)) return `It is not as the fix should have made it: ${still.statement}`;
  }
  const other = findings.some(({ confidence }) => confidence === 'proven');
  if (mends(plan) && watched?.story.fate !== 'answered' && !other) return answered(turn.state);
  return null;
}

function answered({ watched, watchFailure }: IncidentState): string {
  return watched === null
    ? (watchFailure ?? 'No marked packets could be sent.')
    : `${watched.sent.answered} of ${watched.sent.count} marked packets are answered.`;
}

function stageOf({ plan }: Offer): string {
  return plan.stage === null ? '' : `${plan.stage.at} of ${plan.stage.of}`;
}

/** The change stays. A repair ends the incident; a stage on the way, or another cause beside it, leads to the next plan. */
function confirm(turn: Turn, offer: Offer): void {
  const { change, past } = turn.state;
  if (change === null || change.cluster === null || change.entry === null) return;
  const kept = { ...change, entry: { ...change.entry, state: 'confirmed' as const } };
  audit(turn, 'netdiag', 'confirmed', `plan ${offer.plan.id}`);
  if (mends(offer.plan) && turn.state.findings.length === 0) {
    set(turn, { change: kept, ...change.cluster.cause });
    return repaired(turn, offer);
  }
  set(turn, { change: null, past: [...past, kept] });
  if (!propose(turn)) close(turn, 'advice');
}
