import type { Door, LedgerEntry, Offer, Verified } from '../../model/index.ts';
import { forget, lookAfresh } from './again.ts';
import { close } from '../close.ts';
import { lookAtNodes } from '../diagnosis/look.ts';
import { repairedBefore } from './past.ts';
import { replace } from '../offer/propose.ts';
import { repaired } from './repaired.ts';
import { audit, live, record, set, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { rechecked } from './recheck.ts';
import { lookAfterUndo, undone } from './undo.ts';
import { seenAfter, verification } from './verification.ts';

/** The node has answered what became of the change. */
export function changed(turn: Turn, planId: string, entry: LedgerEntry, door: Door): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.change === null || turn.state.life !== 'changing') return;
  set(turn, { change: { ...turn.state.change, entry, door } });
  audit(turn, 'netdiag', entry.state, `plan ${planId} ${entry.detail}`.trim());
  if (entry.state === 'applied') {
    record(turn, [{ text: `Fix ${offer.letter} applied; the rollback is armed` }]);
    if (turn.state.change.stopped !== undefined) return rollBack(turn, offer);
    live(turn, 'applied');
    return want(turn, offer.plan.undoes === undefined ? verification(turn, offer) : lookAfterUndo(turn, offer));
  }
  if (entry.state === 'refused') return refused(turn, offer, entry);
  record(turn, [{ text: `Fix ${offer.letter} did not go through: ` }, { code: entry.detail || entry.state }]);
  live(turn, 'settle');
  want(turn, { do: 'settle', plan: offer.plan, verb: 'await' });
}

/** Somebody stopped it while it was being applied. */
function rollBack(turn: Turn, { plan }: Offer): void {
  live(turn, 'settle');
  want(turn, { do: 'settle', plan, verb: 'roll-back' });
}

/** What became of the change is not known: the node decides, and is asked until it answers. */
export function changeUnknown(turn: Turn, planId: string, sentence: string): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.life !== 'changing') return;
  trouble(turn, sentence);
  audit(turn, 'netdiag', 'unknown', `plan ${planId} ${sentence}`);
  live(turn, 'settle');
  want(turn, { do: 'settle', plan: offer.plan, verb: 'await' });
}

/** One of two causes is mended: everything is looked at again, and the plan for the other one follows. */
function onToTheNext(turn: Turn): void {
  const { change, past } = turn.state;
  if (change !== null) set(turn, { past: [...past, { ...change, until: turn.event.at }], change: null });
  live(turn, 'again');
  lookAfresh(turn);
}

/** What a new connection saw after the change. */
export function verified(turn: Turn, event: Verified): void {
  if (turn.state.life === 'closed') return rechecked(turn, event);
  const offer = approved(turn, event.plan);
  const { change } = turn.state;
  if (offer === null || change === null || turn.state.life !== 'verifying') return;
  const after = seenAfter(turn, offer, event);
  const { seen } = after;
  const good = after.good && change.stopped === undefined;
  const leaves = after.leaves === null ? {} : { leaves: after.leaves };
  set(turn, { change: { ...change, verified: good, seen, door: event.door ?? change.door, ...leaves } });
  record(turn, [{ text: good ? 'Verified over a new connection: ' : 'Not verified: ' }, { text: seen }]);
  audit(turn, 'netdiag', good ? 'verified' : 'not-verified', `plan ${event.plan} ${seen}`);
  live(turn, 'settle');
  want(turn, {
    do: 'settle',
    plan: offer.plan,
    verb: good ? 'confirm' : event.door === null ? 'await' : 'roll-back',
  });
}

/** The node's ledger has come to rest. */
export function settled(turn: Turn, planId: string, entry: LedgerEntry, door: Door): void {
  const offer = approved(turn, planId);
  if (offer === null || turn.state.change === null || turn.state.life !== 'settling') return;
  set(turn, { change: { ...turn.state.change, entry, door } });
  audit(turn, 'netdiag', entry.state, `plan ${planId} ${entry.detail}`.trim());
  if (entry.state === 'confirmed') {
    record(turn, [{ text: 'Rollback disarmed; the change stays' }]);
    if (turn.state.change.verified !== true) return close(turn, 'unknown');
    if (offer.plan.undoes !== undefined) return undone(turn, offer, entry.difference);
    return turn.state.change.leaves === undefined ? repaired(turn, offer) : onToTheNext(turn);
  }
  if (entry.state === 'refused') {
    record(turn, [{ text: 'The node refused; nothing was changed' }]);
    return close(turn, repairedBefore(turn.state) ? 'repaired' : 'unknown');
  }
  if (entry.state !== 'rolled-back') {
    trouble(
      turn,
      `The ledger of ${offer.plan.node.name} says "${entry.state}" for this fix, and it should have come to rest: look at the node.`,
    );
    return close(turn, 'unknown');
  }
  record(turn, [
    {
      text:
        entry.difference.length === 0
          ? 'The node restored itself; its state equals the saved one'
          : `The node restored itself, but ${entry.difference.length} lines of its state differ from the saved one`,
    },
  ]);
  if (repairedBefore(turn.state))
    trouble(turn, `Fix ${offer.letter} was taken back; the repair before it stays as it is.`);
  close(turn, 'rolled-back');
}

/** The node could not be asked in time. A person has to look. */
export function unsettled(turn: Turn, planId: string, sentence: string): void {
  if (approved(turn, planId) === null || turn.state.life !== 'settling') return;
  trouble(turn, sentence);
  record(turn, [{ text: sentence }]);
  audit(turn, 'netdiag', 'unknown', `plan ${planId} ${sentence}`);
  close(turn, 'unknown');
}

/** Nothing was done because the node differs from what was approved: look afresh and make a new plan. */
function refused(turn: Turn, offer: Offer, entry: LedgerEntry): void {
  const lasting = repairedBefore(turn.state);
  const anew = turn.state.change?.stopped === undefined ? 'I look again and make a new plan.' : 'It was stopped.';
  const then = lasting ? 'The repair stays as it is.' : anew;
  record(turn, [{ text: `Nothing was changed: ` }, { code: entry.detail }]);
  trouble(turn, `Fix ${offer.letter} was not started, and nothing was changed: ${entry.detail} ${then}`);
  const stopped = turn.state.change?.stopped !== undefined;
  replace(turn, { ...offer, state: 'superseded' });
  set(turn, { change: null });
  if (lasting || stopped) return close(turn, lasting ? 'repaired' : 'aborted');
  live(turn, 'refused');
  forget(turn);
  lookAtNodes(turn);
}

/** The plan that the node was asked to run; `null` for any other, and for one of Kubernetes steps. */
function approved(turn: Turn, planId: string): Offer | null {
  const { change } = turn.state;
  if (change === null || change.plan !== planId || change.cluster !== null) return null;
  return turn.state.offers.find(({ plan, state }) => plan.id === planId && state === 'approved') ?? null;
}
