import { canonical } from '../../src/model/json.ts';
import { sha256 } from '../../src/model/hash.ts';
import type { Approval, ApprovalMessage, Effect, Event, IncidentState, Plan } from '../../src/model/index.ts';
import { SECOND, THIRD } from '../fake/house.ts';
import { unaudited } from './audited.ts';
import type { Tale } from './tale.ts';

/** What does not hold although it must, whatever came before. */
export function broken(tale: Tale): string[] {
  return [
    ...badChanges(tale),
    ...badClusterSteps(tale),
    ...badSteps(tale),
    ...unaudited(tale),
    ...tale.transitions.flatMap(({ state }) => badState(state)),
    ...twice(tale.effects.map(({ key }) => key)),
  ];
}

/** The effect with which a plan begins. */
function begins(effect: Effect): { readonly plan: Plan; readonly approval: Approval } | null {
  if (effect.do === 'change') return effect;
  return effect.do === 'prepare' && effect.list === 'apply' && effect.nth === 0 ? effect : null;
}

/** Changes that nobody allowed, that begin beside another one, or that could touch the world a second time. */
function badChanges(tale: Tale): string[] {
  const wrong: string[] = [];
  const begun: string[] = [];
  tale.transitions.forEach(({ effects, state }, at) => {
    const before = tale.transitions[at - 1]?.state;
    for (const { plan, approval } of effects.map(begins).filter((one) => one !== null)) {
      begun.push(plan.id);
      const offer = before?.offers.find((one) => one.plan.id === plan.id);
      if (before?.life !== 'proposing' || offer?.state !== 'waiting') wrong.push(`${plan.id} was not on offer`);
      if (before?.change !== null) wrong.push(`${plan.id} begins beside ${before?.change.plan}`);
      if (state.change?.plan !== plan.id) wrong.push(`${plan.id} is not the change under way`);
      if (offer?.hash !== approval.planHash) wrong.push(`${plan.id} is not what was approved`);
      wrong.push(...badConsents(plan, approval, tale.events[at]));
    }
  });
  return [...wrong, ...twice(begun)];
}

function badConsents(plan: Plan, approval: Approval, event: Event | undefined): string[] {
  const wrong: string[] = [];
  const last = approval.consents.at(-1)?.by.id;
  if (event?.is !== 'pressed' || event.by.id !== last) wrong.push(`nobody pressed for ${plan.id}`);
  if (approval.consents.length < plan.approvals) wrong.push(`${plan.id} wants ${plan.approvals} consents`);
  for (const { by, at: when, planHash } of approval.consents) {
    if (by.id !== SECOND.id && by.id !== THIRD.id) wrong.push(`${by.id} may not approve`);
    if (when >= plan.expiresAt) wrong.push(`${plan.id} had expired`);
    if (planHash !== approval.planHash) wrong.push(`${by.id} consented to another plan`);
  }
  return wrong;
}

/** Kubernetes steps without an approval of that very plan, out of their order, or twice. */
function badClusterSteps(tale: Tale): string[] {
  const wrong: string[] = [];
  const done: string[] = [];
  const last = new Map<string, number>();
  tale.transitions.forEach(({ effects, state }) => {
    for (const effect of effects) {
      if (effect.do !== 'prepare' && effect.do !== 'cluster-step') continue;
      const { plan, approval, list, nth } = effect;
      const name = `${effect.do} ${plan.id} ${list}`;
      done.push(`${name} ${nth}`);
      const offer = state.offers.find((one) => one.plan.id === plan.id);
      if (sha256(canonical(plan)) !== approval.planHash || approval.planId !== plan.id)
        wrong.push(`${name} has an approval of another plan`);
      if (offer?.state !== 'approved' || offer.hash !== approval.planHash) wrong.push(`${name} was not approved`);
      if (state.change?.plan !== plan.id) wrong.push(`${name} is not the change under way`);
      if (state.life !== (list === 'apply' ? 'changing' : 'settling')) wrong.push(`${name} while ${state.life}`);
      if (effect.do === 'prepare') continue;
      if ((last.get(name) ?? -1) + 1 !== nth) wrong.push(`${name} ${nth} after ${last.get(name)}`);
      last.set(name, nth);
      const step = (list === 'apply' ? plan.steps : plan.undo)[nth];
      const first = list === 'apply' && nth === 0;
      if ((first || step?.kind === 'pod-delete') && !done.includes(`prepare ${plan.id} ${list} ${nth}`))
        wrong.push(`${name} ${nth} was not prepared`);
    }
  });
  return [...wrong, ...twice(done)];
}

/** Steps back: of a revision, of an end, of what was asked after it. */
function badSteps(tale: Tale): string[] {
  return tale.transitions.flatMap(({ state, effects }, at) => {
    const before = tale.transitions[at - 1]?.state;
    if (before === undefined) return [];
    const revisions = Object.entries(before.telling).flatMap(([slot, telling]) => {
      const now = state.telling[slot];
      if (now === telling) return [];
      const same = now !== undefined && canonical(now.message) === canonical(telling.message);
      return now?.revision === telling.revision + (same ? 0 : 1)
        ? []
        : [`${slot} went from ${telling.revision} to ${now?.revision}`];
    });
    const sweeps = effects.some((effect) => effect.do === 'sweep');
    const wrong = sweeps && state.outcome !== 'repaired' ? ['a sweep without a repair'] : [];
    const event = tale.events[at];
    const meaning = event?.is === 'pressed' ? before.buttons[event.token]?.means : undefined;
    const lost = before.past.length > state.past.length && meaning !== 'reopen' ? ['a change was forgotten'] : [];
    if (before.life !== 'closed') return [...revisions, ...wrong, ...lost];
    return [...revisions, ...wrong, ...lost, ...afterTheEnd(before, state, effects, event)];
  });
}

/**
 * A closed incident asks for nothing but messages, and whether a repair has lasted; only the offer to make it last, and the wish to look
 * again, open it.
 */
function afterTheEnd(before: IncidentState, state: IncidentState, effects: readonly Effect[], event?: Event): string[] {
  const means = event?.is === 'pressed' ? before.buttons[event.token]?.means : undefined;
  const reopened = state.life !== 'closed';
  const looking = before.outcome === 'repaired' && event?.is === 'woken' ? ['verify'] : [];
  const opening = !reopened ? looking : means === 'reopen' ? ['locate'] : ['rehearse', 'wake', 'foresee', 'look-back'];
  const allowed = ['show', 'whisper', ...opening];
  const more = effects.filter((effect) => !allowed.includes(effect.do)).map(({ key }) => `${key} after the end`);
  if (!reopened) return [...more, ...(state.outcome === before.outcome ? [] : ['another end after the end'])];
  const last = before.outcome === 'repaired' && state.life === 'proposing' && means === 'offer';
  const anew = state.life === 'opened' && state.change === null && means === 'reopen';
  return [...more, ...(last || anew ? [] : ['an end that was none'])];
}

/** At rest: nothing of it goes on by itself. */
const RESTING = new Set(['confirmed', 'rolled-back', 'refused']);

/** What one state must never be. */
function badState(state: IncidentState): string[] {
  const { life, outcome, change, past, offers } = state;
  const pressable = Object.entries(state.telling).filter(
    ([, { message }]) =>
      'buttons' in message &&
      (message.buttons ?? []).length > 0 &&
      ((life === 'closed' && (message.is === 'approval' || message.is === 'question')) ||
        (message.is === 'approval' && message.state !== 'waiting' && !onlyRevoke(state, message)) ||
        (message.is === 'question' && message.answered !== undefined)),
  );
  const over = new Set(past.map(({ plan }) => plan));
  const underWay = change === null ? [] : [change.plan].filter((plan) => over.has(plan));
  const armed = life === 'closed' && change !== null && !RESTING.has(change.entry?.state ?? '');
  const open = offers.filter((offer) => offer.state === 'waiting' || offer.state === 'rehearsing');
  return [
    ...pressable.map(([slot]) => `${slot} has buttons still`),
    ...twice(state.userAnswers.map(({ question }) => question)),
    ...underWay.map((plan) => `${plan} is over and under way`),
    ...((life === 'closed') === (outcome !== null) ? [] : [`${life} with ${outcome}`]),
    ...(armed && outcome !== 'unknown' ? [`closed as ${outcome} with a change that is ${change?.entry?.state}`] : []),
    ...(life === 'closed' ? open.map(({ letter, state }) => `closed with Fix ${letter} ${state}`) : []),
    ...(outcome === 'repaired' && !mended(state) ? ['repaired by nothing'] : []),
    ...past.filter(({ entry }) => entry?.state !== 'confirmed').map(({ plan }) => `${plan} is over and not confirmed`),
    ...(life === 'proposing' && open.length === 0 ? ['proposing nothing'] : []),
  ];
}

/** For the moment between the last approval and the first word of the node, an approval can be taken back. */
function onlyRevoke(
  { life, change, buttons: meanings }: IncidentState,
  { state, plan, buttons }: ApprovalMessage,
): boolean {
  const revokes = buttons.every(({ token }) => meanings[token]?.means === 'revoke');
  return revokes && state === 'approved' && life === 'changing' && change?.plan === plan.id && change.entry === null;
}

/** Whether some change that stays was seen to have mended the node. */
function mended({ change, past, offers }: IncidentState): boolean {
  return [...past, ...(change === null ? [] : [change])].some(({ plan, entry, verified, leaves }) => {
    const stage = offers.find((offer) => offer.plan.id === plan)?.plan.stage ?? null;
    return (
      entry?.state === 'confirmed' &&
      verified === true &&
      leaves === undefined &&
      (stage === null || stage.at === stage.of)
    );
  });
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} twice`);
}
