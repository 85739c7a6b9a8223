import type { Effect, Happening } from '../model/index.ts';

/** What it means for the incident that a deed never came to an end. */
export function gaveUp(effect: Effect, reason: string): Happening {
  switch (effect.do) {
    case 'locate':
      return {
        is: 'locate-failed',
        sentence: `The cluster could not be asked: ${reason}`,
        suggestions: [],
      };
    case 'survey':
      return {
        is: 'surveyed',
        role: effect.role,
        node: effect.node,
        answers: [],
        door: null,
        closedDoors: [],
        identity: null,
        ms: 0,
        failure: { gap: 'unreachable', sentence: `${effect.node} could not be looked at: ${reason}` },
      };
    case 'watch':
    case 'watch-users':
      return { is: 'watch-failed', gap: 'unreachable', sentence: `No packets could be counted: ${reason}` };
    case 'change':
      return {
        is: 'change-unknown',
        plan: effect.plan.id,
        sentence: `What became of the fix on ${effect.plan.node.name} is not known: ${reason}`,
      };
    case 'verify':
      return {
        is: 'verified',
        plan: effect.plan.id,
        door: null,
        answers: [],
        watched: null,
        apiServer: null,
        failure: `The node could not be looked at again: ${reason}`,
      };
    case 'settle':
      return {
        is: 'unsettled',
        plan: effect.plan.id,
        sentence: `What became of the fix on ${effect.plan.node.name} is not known: ${reason} Look at the node from its console.`,
      };
    case 'rehearse':
      return {
        is: 'rehearsed',
        plan: effect.plan.id,
        difference: [],
        failure: `the API server was not asked: ${reason}`,
      };
    case 'look-back':
      return {
        is: 'looked-back',
        plan: effect.plan.id,
        undo: effect.undo,
        applied: effect.applied,
        door: null,
        identity: null,
        said: [],
        generations: {},
        rehearsal: [],
        failure: `What there is now could not be read: ${reason}`,
      };
    case 'foresee':
      return {
        is: 'foreseen',
        plan: effect.plan.id,
        sentence: `Whether it could begin now could not be seen: ${reason}`,
      };
    case 'prepare':
      return {
        is: 'prepared',
        plan: effect.plan.id,
        list: effect.list,
        nth: effect.nth,
        there: [],
        before: null,
        refusal: `What there is now could not be read: ${reason}`,
      };
    case 'cluster-step':
      return {
        is: 'stepped',
        plan: effect.plan.id,
        list: effect.list,
        nth: effect.nth,
        outcome: 'failed',
        detail: `Whether this step was done is not known: ${reason}`,
      };
    case 'sweep':
      return {
        is: 'swept',
        finding: effect.finding,
        others: [],
        left: 0,
        failure: `The other nodes were not asked: ${reason}`,
      };
    case 'show':
    case 'attach':
    case 'export':
    case 'whisper':
    case 'wake':
      return failed(effect, reason);
  }
}

/** A deed failed and nothing more is known; the incident decides whether it can go on. */
export function failed({ key, do: deed }: Effect, reason: string): Happening {
  return { is: 'effect-failed', effect: key, sentence: `${deed} failed: ${reason}` };
}
