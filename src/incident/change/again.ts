import type { Change, IncidentState, Offer } from '../../model/index.ts';
import { attachCaptures } from '../watch/captures.ts';
import { close } from '../close.ts';
import { wantStep } from './cluster-steps.ts';
import { askMore } from '../diagnosis/look.ts';
import { answered, objection, witnesses } from './objection.ts';
import { mends } from './past.ts';
import { propose } from '../offer/propose.ts';
import { repaired } from './repaired.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

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
    watching: false,
    repeated: false,
    watchFailure: null,
    findings: [],
    ruledOut: [],
    unseen: [],
    playbook: playbook === null || known === undefined ? playbook : { ...playbook, state: known.route.start },
  });
}

/** The plan whose outcome is being looked at; `null` outside such a look. */
export function lookedAt({ life, change, offers }: IncidentState): Offer | null {
  if (life !== 'opened' && life !== 'diagnosing') return null;
  if (change === null || change.cluster === null || change.entry?.state !== 'applied') return null;
  return offers.find(({ plan, state }) => plan.id === change.plan && state === 'approved') ?? null;
}

/** The diagnosis after a change of the cluster has come to an end: keep the change, look once more, or take it back. */
export function weighChange(turn: Turn, offer: Offer): void {
  const { change, life } = turn.state;
  if (change === null || change.cluster === null) return;
  const ids = witnesses(turn.house, offer.plan).map(({ id }) => id);
  if (life === 'diagnosing' && askMore(turn, ids)) return;
  const against = objection(turn, offer);
  const again = change.cluster.looked + 1;
  if (against !== null && again < LOOKS)
    return want(turn, { do: 'wake', name: lookNumber(again, offer), at: turn.event.at + PAUSE_MS });
  const seen = against ?? `${answered(turn.state)}${mends(offer.plan) ? '' : ` Step ${stageOf(offer)} is done.`}`;
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

/** The pause before another look is over. True for every wake-up of that kind; one that comes twice begins no second look. */
export function lookOnceMore(turn: Turn, wake: string): boolean {
  const { change } = turn.state;
  const offer = lookedAt(turn.state);
  if (offer === null || change === null || change.cluster === null) return wake.startsWith(LOOK_AGAIN);
  const looked = change.cluster.looked + 1;
  if (wake !== lookNumber(looked, offer)) return wake.startsWith(LOOK_AGAIN);
  set(turn, { change: { ...change, cluster: { ...change.cluster, looked } } });
  if (turn.state.life === 'diagnosing') live(turn, 'again');
  lookAfresh(turn);
  return true;
}

function lookNumber(looked: number, { plan }: Offer): string {
  return `${LOOK_AGAIN}${looked} ${plan.id}`;
}

/** Looking again after a change came to nothing; `over`: no further look would tell more. False where no change is being looked at. */
export function lookFailed(turn: Turn, sentence: string, over = false): boolean {
  const { change } = turn.state;
  const offer = lookedAt(turn.state);
  if (offer === null || change === null || change.cluster === null) return false;
  const looked = over ? LOOKS : change.cluster.looked;
  set(turn, { watching: false, watchFailure: sentence });
  set(turn, { change: { ...change, cluster: { ...change.cluster, looked } } });
  weighChange(turn, offer);
  return true;
}

/** Takes back what was done, step by step, and leaves the thread with the diagnosis that led to it. */
export function takeBack(turn: Turn, { letter, plan }: Offer): void {
  const { change } = turn.state;
  if (change === null || change.cluster === null) return;
  set(turn, { ...change.cluster.cause, watching: false });
  if (plan.undo.length === 0) {
    trouble(
      turn,
      `Nothing of Fix ${letter} can be taken back: a deleted pod stays gone, and its owner makes another one.`,
    );
    return close(turn, 'unknown');
  }
  const cluster = { ...change.cluster, list: 'undo' as const, done: 0, there: null };
  set(turn, { change: { ...change, cluster } });
  live(turn, 'settle');
  record(turn, [{ text: `Taking Fix ${letter} back` }]);
  wantStep(turn, plan, cluster);
}

function stageOf({ plan }: Offer): string {
  return plan.stage === null ? '' : `${plan.stage.at} of ${plan.stage.of}`;
}

/** The change stays. A repair ends the incident; a stage on the way, or another cause beside it, leads to the next plan. */
function confirm(turn: Turn, offer: Offer): void {
  const { change, past, findings, watched } = turn.state;
  if (change === null || change.cluster === null || change.entry === null) return;
  const entry = { ...change.entry, state: 'confirmed' as const };
  const kept: Change = { ...change, entry, until: turn.event.at };
  audit(turn, 'netdiag', 'confirmed', `plan ${offer.plan.id}`);
  const before = new Set(change.cluster.cause.findings.map(({ code }) => code));
  // What the mended cause hid is a cause by itself, however well the packets do that are sent now.
  const other = findings.some(({ code, confidence }) => confidence === 'proven' || !before.has(code));
  const well = watched?.story.fate === 'answered' && !other;
  if (mends(offer.plan) && well) {
    set(turn, { change: kept, ...change.cluster.cause });
    return repaired(turn, offer);
  }
  const [left] = findings;
  const leaves = mends(offer.plan) && left !== undefined ? { leaves: left.code } : {};
  set(turn, { change: null, past: [...past, { ...kept, ...leaves }] });
  attachCaptures(turn);
  if (!propose(turn)) close(turn, well && left === undefined ? 'nothing-found' : 'advice');
}
