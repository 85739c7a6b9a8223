import { canonical } from '../../model/json.ts';
import { changesCluster } from '../../model/index.ts';
import type { Change, Deed, IncidentState, LookedBack, Offer, Person, Plan, PlanStep } from '../../model/index.ts';
import { close } from '../close.ts';
import { inverseOf, leftBehind } from './inverse.ts';
import { keptChanges, repairedBefore } from './past.ts';
import { makeOffer, replace, show } from '../offer/propose.ts';
import { audit, live, record, set, token, trouble, want } from '../turn.ts';
import type { Turn } from '../turn.ts';
import { takeBack } from './again.ts';

/** The last change that stays, which is the first to be undone; `null` where nothing stays. */
export function lastKept(state: IncidentState): { readonly change: Change; readonly offer: Offer } | null {
  const change = keptChanges(state).at(-1);
  const offer = state.offers.find(({ plan }) => plan.id === change?.plan);
  return change === undefined || offer === undefined ? null : { change, offer };
}

/** Somebody wants a change undone that stays: a plan of its own, for which the world is looked at first. A sentence where it cannot be. */
export function undo(turn: Turn, { plan: fix, letter }: Offer, by: Person): string | null {
  const { life, change, past, offers } = turn.state;
  if (life !== 'closed' || lastKept(turn.state)?.offer.plan.id !== fix.id)
    return `Fix ${letter} is not what was changed last, so it cannot be undone now.`;
  const inverse = inverseOf(fix);
  if ('inexact' in inverse) return `Fix ${letter} cannot be undone exactly: ${inverse.inexact}.`;
  audit(turn, by.id, 'undo asked', `plan ${fix.id}`);
  record(turn, [{ person: by }, { text: ` wants to undo Fix ${letter}: ${fix.title}` }]);
  const plan = planOf(turn, { plan: fix, letter }, inverse);
  // Who asks for a change does not approve it.
  set(turn, { by, past: change === null ? past : [...past, change], change: null, outcome: null });
  live(turn, 'reopen');
  const offer = makeOffer(turn, offers.length, plan);
  set(turn, { offers: [...offers, { ...offer, state: 'rehearsing' }] });
  want(turn, { do: 'look-back', plan: fix, undo: plan.id, applied: false, through: null });
  return null;
}

function planOf(
  turn: Turn,
  { plan: fix, letter }: Pick<Offer, 'plan' | 'letter'>,
  { steps, undo }: { readonly steps: readonly PlanStep[]; readonly undo: readonly PlanStep[] },
): Plan {
  const { issuedAt: _issued, signed: _signed, ...rest } = fix;
  const { closes, opens, confirmThrough } = fix.doors;
  const stay = confirmThrough.filter((address) => !opens.includes(address));
  return {
    ...rest,
    id: token(turn),
    undoes: fix.id,
    title: `undo Fix ${letter}: ${fix.title}`,
    safety: `It puts back what Fix ${letter} changed, and with it what was wrong before. ${changesCluster(fix) ? 'Each step waits for the one before it.' : 'The node restores itself to the repaired state unless I see afterwards that everything is as before the fix.'}`,
    steps,
    undo,
    preconditions: [],
    doors: {
      closes: opens,
      opens: closes,
      confirmThrough: [stay, closes, confirmThrough].find((doors) => doors.length > 0) ?? [],
    },
    verify: [],
    durable: [],
    stage: null,
    rehearsal: [],
  };
}

/** The deed that looks whether everything is as before the fix. */
export function lookAfterUndo({ state }: Turn, { plan }: Offer): Deed {
  const fix = state.offers.find((offer) => offer.plan.id === plan.undoes)?.plan ?? plan;
  const through = changesCluster(plan) ? null : plan.doors.confirmThrough;
  return { do: 'look-back', plan: fix, undo: plan.id, applied: true, through };
}

/** What a fix has left: before its undo is offered, and after the undo was applied. */
export function lookedBack(turn: Turn, event: LookedBack): void {
  const offer = turn.state.offers.find(({ plan }) => plan.id === event.undo);
  const fix = turn.state.offers.find(({ plan }) => plan.id === event.plan);
  if (offer === undefined || fix === undefined) return;
  if (turn.state.life === 'verifying' && turn.state.change?.plan === event.undo)
    return verified(turn, offer, fix, event);
  if (turn.state.life === 'proposing' && offer.state === 'rehearsing' && !event.applied) draft(turn, offer, fix, event);
}

/** The undo as it can be offered now, with what must still be so then. */
function draft(turn: Turn, offer: Offer, { plan: fix, letter }: Offer, event: LookedBack): void {
  const against = notAsLeft(fix, event);
  if (against !== null || event.identity === null) {
    trouble(
      turn,
      `Fix ${letter} cannot be undone now, and nothing was changed: ${against ?? 'the node did not say who it is.'}`,
    );
    record(turn, [{ text: `Fix ${letter} cannot be undone now: ${against ?? ''}` }]);
    replace(turn, { ...offer, state: 'superseded' });
    return close(turn, repairedBefore(turn.state) ? 'repaired' : 'advice');
  }
  const fresh = (step: PlanStep): PlanStep => {
    if (step.kind !== 'kubernetes-patch') return step;
    const { object } = step;
    return { ...step, object: { ...object, generation: event.generations[object.name] ?? object.generation } };
  };
  const asked = [...fix.preconditions, ...leftBehind(fix)];
  const plan: Plan = {
    ...offer.plan,
    node: event.identity,
    steps: offer.plan.steps.map(fresh),
    undo: offer.plan.undo.map(fresh),
    preconditions: asked.flatMap(({ argv }, at) => {
      const stdout = event.said[at];
      return stdout === undefined || stdout === null ? [] : [{ argv, stdout }];
    }),
  };
  show(turn, { ...offer, plan, state: 'drafted' });
}

/** Why a fix is not as it was left, so that undoing it would do something else; `null` when it is. */
function notAsLeft(fix: Plan, { failure, said, rehearsal, identity }: LookedBack): string | null {
  if (failure !== undefined) return failure;
  if (changesCluster(fix)) {
    const line = rehearsal.find((one) => /^[-+]/.test(one));
    return line === undefined ? null : `somebody has changed it since (${line}).`;
  }
  if (identity?.machineId !== fix.node.machineId || identity.hostKey !== fix.node.hostKey)
    return `${fix.node.name} is another machine than the one that was changed.`;
  const lost = fix.preconditions.findIndex((_, at) => said[at] === null || said[at] === undefined);
  if (lost >= 0) return `what ${fix.preconditions[lost]?.argv.join(' ')} says now could not be read.`;
  if (fix.preconditions.length > 0 && fix.preconditions.every(({ stdout }, at) => said[at] === stdout))
    return 'it is as before the fix already.';
  const file = leftBehind(fix).find(({ stdout }, at) => said[fix.preconditions.length + at] !== stdout);
  return file === undefined ? null : `${file.argv.at(-1)} is not as the fix wrote it.`;
}

/** Whether everything is as before the fix; then the undo stays. */
function verified(turn: Turn, offer: Offer, fix: Offer, event: LookedBack): void {
  const { change } = turn.state;
  if (change === null) return;
  const differs = notAsBefore(fix.plan, event);
  const good = differs === null && change.stopped === undefined;
  const seen = differs ?? `What Fix ${fix.letter} changed is as before it.`;
  set(turn, { change: { ...change, verified: good, seen, door: event.door ?? change.door } });
  record(turn, [{ text: good ? 'Verified: ' : 'Not verified: ' }, { text: seen }]);
  audit(turn, 'netdiag', good ? 'verified' : 'not-verified', `plan ${offer.plan.id} ${seen}`);
  if (change.cluster === null) {
    live(turn, 'settle');
    const verb = good ? 'confirm' : event.door === null ? 'await' : 'roll-back';
    return want(turn, { do: 'settle', plan: offer.plan, verb });
  }
  if (!good) {
    trouble(turn, `The undo of Fix ${fix.letter} did not do what it should: ${seen}`);
    return takeBack(turn, offer);
  }
  live(turn, 'settle');
  undone(turn, offer, change.cluster.compared ? (change.entry?.difference ?? []) : null);
}

function notAsBefore(fix: Plan, { failure, said, rehearsal }: LookedBack): string | null {
  if (failure !== undefined) return failure;
  if (changesCluster(fix))
    return canonical(rehearsal) === canonical(fix.rehearsal)
      ? null
      : 'After the undo the object is not as it was before the fix.';
  const other = fix.preconditions.findIndex(({ stdout }, at) => said[at] !== stdout);
  if (other < 0) return null;
  const { argv, stdout } = fix.preconditions[other] ?? { argv: [], stdout: '' };
  return `After the undo ${argv.join(' ')} says "${(said[other] ?? 'nothing that could be read').trim().slice(0, 200)}" and not "${stdout.trim().slice(0, 200)}" as before the fix.`;
}

/** The undo stays: the change that it undid counts no more, and the diagnosis can be made again. */
export function undone(turn: Turn, { plan, decidedBy }: Offer, difference: readonly string[] | null): void {
  const { past, offers, by } = turn.state;
  const fix = offers.find((offer) => offer.plan.id === plan.undoes);
  const at = turn.event.at;
  set(turn, {
    change: null,
    past: past.map((change) => {
      if (change.plan !== plan.undoes) return change;
      const compared = difference !== null && change.cluster?.compared !== false;
      const left = compared ? unexplained(change.entry?.difference ?? [], difference) : null;
      return { ...change, undone: { plan: plan.id, asked: by, approved: decidedBy ?? by, at, difference: left } };
    }),
  });
  audit(turn, decidedBy?.id ?? 'netdiag', 'undone', `plan ${plan.undoes ?? ''} by plan ${plan.id}`);
  record(turn, [{ text: `Fix ${fix?.letter ?? ''} is undone` }]);
  close(turn, 'undone');
}

/** Lines of node state by which it differs from before the fix: what the fix changed and the undo did not change back, and the reverse. */
function unexplained(fix: readonly string[], undo: readonly string[]): readonly string[] {
  const left = [...undo];
  const kept = fix.filter((line) => {
    const at = left.indexOf(`${line.startsWith('-') ? '+' : '-'}${line.slice(1)}`);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...kept, ...left];
}
