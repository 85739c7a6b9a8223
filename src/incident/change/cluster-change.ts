import type {
  Approval,
  Change,
  ClusterChange,
  LedgerEntry,
  Offer,
  Plan,
  Prepared,
  Stepped,
} from '../../model/index.ts';
import { lookAfresh, takeBack } from './again.ts';
import { close } from '../close.ts';
import { isFirst, isReady, stepOf, wantStep } from './cluster-steps.ts';
import { held } from './held.ts';
import { repairedBefore } from './past.ts';
import { replace } from '../offer/propose.ts';
import { lookAfterUndo } from './undo.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** The step that an event is about, while it is under way. */
interface Present {
  readonly offer: Offer;
  readonly change: Change;
  readonly cluster: ClusterChange;
}

/** Begins an approved plan of Kubernetes steps: each is an effect of its own, so that a crash loses none and repeats none. */
export function begin(turn: Turn, plan: Plan, approval: Approval): void {
  const { change, looks, findings, watches, watched, ruledOut, unseen } = turn.state;
  if (change === null) return;
  const cause = { looks, findings, watches, watched, ruledOut, unseen };
  const cluster: ClusterChange = {
    approval,
    list: 'apply',
    done: 0,
    said: [],
    there: null,
    before: null,
    compared: false,
    stuck: [],
    looked: 0,
    cause,
  };
  set(turn, { change: { ...change, cluster } });
  wantStep(turn, plan, cluster);
}

/** What a step will be compared with is known, or why it must not begin. */
export function prepared(turn: Turn, event: Prepared): void {
  const present = presentStep(turn, event);
  if (present === null || isReady(present.offer.plan, present.cluster)) return;
  const { offer, change, cluster } = present;
  if (event.held !== undefined && isFirst(event)) return held(turn, { plan: event.plan, sentence: event.held });
  if (event.refusal !== undefined) return ended(turn, present, { outcome: 'refused', detail: event.refusal });
  if (change.stopped !== undefined && event.list === 'apply')
    return isFirst(event) ? notBegun(turn, offer) : takeBack(turn, offer);
  const before = isFirst(event) ? event.before : cluster.before;
  const { health: _, ...rest } = cluster;
  const ready = {
    ...rest,
    there: event.there,
    before,
    ...(event.health === undefined ? {} : { health: event.health }),
  };
  set(turn, { change: { ...change, cluster: ready } });
  wantStep(turn, offer.plan, ready);
}

/** A step has come to an end: the next one follows, or netdiag looks again, or what was done is taken back. */
export function stepped(turn: Turn, event: Stepped): void {
  const present = presentStep(turn, event);
  if (present === null || !isReady(present.offer.plan, present.cluster)) return;
  ended(turn, present, event);
}

function ended(turn: Turn, present: Present, event: Pick<Stepped, 'outcome' | 'detail' | 'difference'>): void {
  const { offer, cluster } = present;
  const { plan, letter } = offer;
  const { outcome, detail } = event;
  const applying = cluster.list === 'apply';
  audit(turn, 'netdiag', `${applying ? 'step' : 'undo'} ${outcome}`, `plan ${plan.id} ${detail}`);
  record(turn, [{ text: applying ? `Fix ${letter}: ` : 'Taken back: ' }, { code: detail }]);
  const next = { ...cluster, done: cluster.done + 1, said: [...cluster.said, detail], there: null };
  if (outcome === 'done') return goOn(turn, { ...present, cluster: next }, event.difference ?? null);
  if (!applying) {
    trouble(turn, `Not everything of Fix ${letter} could be taken back: ${detail} Look at it with kubectl.`);
    const stuck = [...cluster.stuck, detail];
    return goOn(turn, { ...present, cluster: { ...next, stuck } }, event.difference ?? null);
  }
  if (outcome === 'refused' && cluster.done === 0) return refused(turn, offer, detail);
  trouble(turn, `Fix ${letter} stopped at step ${cluster.done + 1} of ${plan.steps.length}: ${detail}`);
  takeBack(turn, offer);
}

/** The change that an event is about, where that is the step under way. */
function presentStep(turn: Turn, { plan: id, list, nth }: Pick<Stepped, 'plan' | 'list' | 'nth'>): Present | null {
  const { change, life } = turn.state;
  const offer = turn.state.offers.find(({ plan, state }) => plan.id === id && state === 'approved');
  const cluster = change?.cluster ?? null;
  if (offer === undefined || change === null || cluster === null || change.plan !== id) return null;
  if (list !== cluster.list || nth !== cluster.done) return null;
  return life === (list === 'apply' ? 'changing' : 'settling') ? { offer, change, cluster } : null;
}

function goOn(turn: Turn, { offer, change, cluster }: Present, difference: readonly string[] | null): void {
  const { plan } = offer;
  if (change.stopped !== undefined && cluster.list === 'apply') {
    set(turn, { change: { ...change, cluster } });
    return takeBack(turn, offer);
  }
  if (stepOf(plan, cluster) !== undefined) {
    set(turn, { change: { ...change, cluster } });
    return wantStep(turn, plan, cluster);
  }
  const taken = cluster.stuck.length === 0 ? 'rolled-back' : 'failed';
  const state = cluster.list === 'apply' ? 'applied' : taken;
  const entry: LedgerEntry = { fix: plan.id, state, detail: '', difference: difference ?? [] };
  set(turn, { change: { ...change, cluster: { ...cluster, compared: difference !== null }, entry } });
  if (cluster.list === 'apply' && plan.undoes !== undefined) {
    live(turn, 'applied');
    return want(turn, lookAfterUndo(turn, offer));
  }
  if (cluster.list === 'undo') return close(turn, taken === 'failed' ? 'unknown' : taken);
  live(turn, 'again');
  lookAfresh(turn);
}

/** Nothing was done because the object differs from what was approved: look afresh and make a new plan. */
function refused(turn: Turn, offer: Offer, detail: string): void {
  if (turn.state.change?.stopped !== undefined) return notBegun(turn, offer);
  const lasting = repairedBefore(turn.state);
  const then = lasting ? 'The repair stays as it is.' : 'I look again and make a new plan.';
  trouble(turn, `Fix ${offer.letter} was not started, and nothing was changed: ${detail} ${then}`);
  replace(turn, { ...offer, state: 'superseded' });
  set(turn, { change: null });
  if (lasting) return close(turn, 'repaired');
  live(turn, 'again');
  lookAfresh(turn);
}

/** Somebody stopped it before anything was done. */
function notBegun(turn: Turn, offer: Offer): void {
  trouble(turn, `Fix ${offer.letter} was stopped before its first step, and nothing was changed.`);
  replace(turn, { ...offer, state: 'superseded' });
  set(turn, { change: null });
  close(turn, 'aborted');
}
