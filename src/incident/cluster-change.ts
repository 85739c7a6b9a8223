import type { Approval, Change, ClusterChange, LedgerEntry, Offer, Plan, Stepped } from '../model/index.ts';
import { lookAfresh, takeBack } from './again.ts';
import { close } from './close.ts';
import { replace } from './propose.ts';
import { audit, live, record, set, trouble, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** Begins an approved plan of Kubernetes steps: each is an effect of its own, so that a crash loses none and repeats none. */
export function begin(turn: Turn, plan: Plan, approval: Approval): void {
  const { change, looks, findings, watches, watched, path, ruledOut, unseen } = turn.state;
  if (change === null) return;
  const cause = { looks, findings, watches, watched, ...(path === undefined ? {} : { path }), ruledOut, unseen };
  const cluster: ClusterChange = { approval, list: 'apply', done: 0, said: [], before: null, looked: 0, cause };
  set(turn, { change: { ...change, cluster } });
  wantStep(turn, plan, cluster);
}

/** A step has come to an end: the next one follows, or netdiag looks again, or what was done is taken back. */
export function stepped(turn: Turn, event: Stepped): void {
  const { change, life } = turn.state;
  const offer = turn.state.offers.find(({ plan, state }) => plan.id === event.plan && state === 'approved');
  const cluster = change?.cluster ?? null;
  if (offer === undefined || change === null || cluster === null || change.plan !== event.plan) return;
  if (event.list !== cluster.list || event.at !== cluster.done) return;
  if (life !== (event.list === 'apply' ? 'changing' : 'settling')) return;
  audit(
    turn,
    'netdiag',
    `${event.list === 'apply' ? 'step' : 'undo'} ${event.outcome}`,
    `plan ${event.plan} ${event.detail}`,
  );
  record(turn, [{ text: event.list === 'apply' ? `Fix ${offer.letter}: ` : 'Taken back: ' }, { code: event.detail }]);
  if (event.outcome === 'done') return goOn(turn, offer, change, advanced(cluster, event), event.difference ?? []);
  if (event.list === 'undo') {
    trouble(
      turn,
      `Not everything of Fix ${offer.letter} could be taken back: ${event.detail} Look at it with kubectl.`,
    );
    return goOn(turn, offer, change, advanced(cluster, event), []);
  }
  if (event.outcome === 'refused' && event.at === 0) return refused(turn, offer, event.detail);
  trouble(turn, `Fix ${offer.letter} stopped at step ${event.at + 1} of ${offer.plan.steps.length}: ${event.detail}`);
  takeBack(turn, offer);
}

function advanced(cluster: ClusterChange, { nodeState, detail }: Stepped): ClusterChange {
  return {
    ...cluster,
    done: cluster.done + 1,
    said: [...cluster.said, detail],
    before: nodeState === undefined || cluster.list === 'undo' || cluster.done > 0 ? cluster.before : nodeState,
  };
}

function goOn(turn: Turn, offer: Offer, change: Change, cluster: ClusterChange, difference: readonly string[]): void {
  const { plan } = offer;
  const left = (cluster.list === 'apply' ? plan.steps : plan.undo).length - cluster.done;
  if (left > 0) {
    set(turn, { change: { ...change, cluster } });
    return wantStep(turn, plan, cluster);
  }
  const state = cluster.list === 'apply' ? 'applied' : 'rolled-back';
  const entry: LedgerEntry = { fix: plan.id, state, detail: '', difference };
  set(turn, { change: { ...change, cluster, entry } });
  if (cluster.list === 'undo') return close(turn, 'rolled-back');
  live(turn, 'again');
  lookAfresh(turn);
}

function wantStep(turn: Turn, plan: Plan, { approval, list, done, before }: ClusterChange): void {
  want(turn, { do: 'cluster-step', plan, approval, list, at: done, before });
}

/** Nothing was done because the object differs from what was approved: look afresh and make a new plan. */
function refused(turn: Turn, offer: Offer, detail: string): void {
  trouble(
    turn,
    `Fix ${offer.letter} was not started, and nothing was changed: ${detail} I look again and make a new plan.`,
  );
  replace(turn, { ...offer, state: 'superseded' });
  set(turn, { change: null });
  live(turn, 'again');
  lookAfresh(turn);
}
