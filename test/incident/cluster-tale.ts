import type { House } from '../../src/incident/index.ts';
import type { Bound, Digest, KubernetesPatch, PlanStep, PodDelete, Prepared, Stepped } from '../../src/model/index.ts';
import type { Draft, Drafted, Remediation, Scene } from '../../src/remediation/remediation.ts';
import { SECOND, smallHouse } from '../fake/house.ts';
import { counted, I1 } from '../fake/scene.ts';
import { i1Known, proposing, type Tale } from './tale.ts';

/** The cause of I1, which these remediations are said to mend. */
export const CAUSE = 'reply-leaves-other-interface';
export const HEALTHY = i1Known(false, 'eth0');
export const SICK = i1Known(true);
const OWNER = 'DaemonSet/aws-node';

export function patch(says: string): KubernetesPatch {
  const object = { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: 'ds-1', generation: 4 } as const;
  return { kind: 'kubernetes-patch', object, says, patch: { spec: { says } } };
}

export function podDelete(uid: string | null): PodDelete {
  const name = uid === null ? null : `pod-${uid}`;
  return { kind: 'pod-delete', namespace: 'kube-system', name, uid, node: I1.subject.name, owner: OWNER };
}

function draft(
  scene: Scene,
  steps: readonly PlanStep[],
  undo: readonly PlanStep[],
  change: Partial<Draft> = {},
): Draft {
  return {
    title: 'set it anew',
    safety: 'Only one node gets it.',
    steps,
    undo,
    preconditions: [],
    doors: { closes: [], opens: [], confirmThrough: [scene.bound.subject.address] },
    rollbackSeconds: 0,
    verify: ['return-path'],
    durable: ['Write it into the chart.'],
    ...change,
  };
}

function remediation(id: string, made: (scene: Scene) => Drafted, change: Partial<Remediation> = {}): Remediation {
  return { id, fixes: [CAUSE], risk: 2, draft: (_, scene) => made(scene), ...change };
}

/** Patches a DaemonSet and replaces its pod on the node; mends by itself. */
export const ROLL = remediation('roll', (scene) =>
  draft(scene, [patch('set it'), podDelete('old')], [patch('set it back'), podDelete(null)]),
);
/** Replaces one pod; there is nothing to take back. */
export const RESTART = remediation('restart', (scene) => draft(scene, [podDelete('old')], []));
/** A plan of the node, with no API server in it. */
export const LOCAL = remediation(
  'local',
  (scene) => draft(scene, [onNode(scene, 'on')], [onNode(scene, 'off')], { title: 'set it here', rollbackSeconds: 60 }),
  { risk: 1 },
);
/** The lasting form of a roll, by the node. */
export const LAST = remediation(
  'last',
  (scene) =>
    draft(scene, [onNode(scene, 'last')], [onNode(scene, 'first')], { title: 'write it down', rollbackSeconds: 60 }),
  { lasts: ['roll', 'local'] },
);
/** The same by the API server. */
export const LAST_PATCH = remediation('last-patch', (scene) => draft(scene, [patch('keep it')], [patch('let it go')]), {
  lasts: ['roll'],
});

function onNode({ bound }: Scene, ...argv: readonly string[]): PlanStep {
  return { kind: 'node-command', node: bound.subject.name, argv: ['sysctl', ...argv] };
}

/** Three approved steps towards one repair; how far the world is stands in a setting of the CNI. */
export const STAGES: readonly Remediation[] = [1, 2, 3].map((at) =>
  remediation(`stage-${at}`, (scene) => {
    const reached = Number(scene.bound.cni.env['STAGE'] ?? 0);
    if (reached >= at) return { done: `step ${at} is done` };
    if (reached < at - 1) return { later: `step ${at - 1} comes first` };
    return draft(scene, [patch(`step ${at}`)], [patch(`back to ${at - 1}`)], {
      title: `step ${at}`,
      stage: { at, of: 3 },
    });
  }),
);

/** The world after so many stages. */
export function reached(stage: number): Bound {
  return { ...I1, cni: { ...I1.cni, env: { STAGE: String(stage) } } };
}

export function clusterHouse(...remediations: readonly Remediation[]): House {
  return smallHouse(undefined, { remediations: remediations.length === 0 ? [ROLL, LAST] : remediations });
}

/** The API server says what the plan would change. */
export function rehearsed(tale: Tale, difference: readonly string[] = ['+says: set it'], failure?: string): Tale {
  const asked = tale.effects.findLast((effect) => effect.do === 'rehearse');
  if (asked?.do !== 'rehearse') throw new RangeError('nothing is rehearsed');
  return tale.take({
    is: 'rehearsed',
    plan: asked.plan.id,
    difference,
    ...(failure === undefined ? {} : { failure }),
  });
}

/** Far enough that a plan of the API server's waits for an approval. */
export function offered(house: House = clusterHouse()): Tale {
  const tale = proposing(house);
  return tale.effects.some((effect) => effect.do === 'rehearse') ? rehearsed(tale) : tale;
}

/** Far enough that the first step is prepared. */
export function begun(house?: House): Tale {
  return approve(offered(house));
}

export function approve(tale: Tale): Tale {
  const offer = tale.state.offers.findLast(({ state }) => state === 'waiting');
  if (offer === undefined) throw new RangeError('nothing waits for an approval');
  return tale.press(offer.tokens.approve, SECOND);
}

/** The step that is asked for now. */
function present(tale: Tale): Pick<Stepped, 'plan' | 'list' | 'nth'> {
  const deed = tale.effects.findLast((effect) => effect.do === 'prepare' || effect.do === 'cluster-step');
  if (deed?.do !== 'prepare' && deed?.do !== 'cluster-step') throw new RangeError('no step is asked for');
  return { plan: deed.plan.id, list: deed.list, nth: deed.nth };
}

export function prepared(tale: Tale, change: Partial<Prepared> = {}): Tale {
  return tale.take({ is: 'prepared', ...present(tale), there: ['old'], before: DIGEST, ...change });
}

export function stepped(tale: Tale, change: Partial<Stepped> = {}): Tale {
  return tale.take({ is: 'stepped', ...present(tale), outcome: 'done', detail: 'It is so.', ...change });
}

/** Does whatever is asked for, until no step is. */
export function steps(tale: Tale, last: Partial<Stepped> = { difference: [] }): Tale {
  for (let deed = asked(tale); deed !== undefined; deed = asked(tale)) {
    const list = deed.list === 'apply' ? deed.plan.steps : deed.plan.undo;
    if (deed.do === 'prepare') prepared(tale);
    else stepped(tale, deed.nth + 1 === list.length ? last : {});
  }
  return tale;
}

function asked(tale: Tale) {
  const deed = tale.wanted.find((effect) => effect.do === 'prepare' || effect.do === 'cluster-step');
  return deed?.do === 'prepare' || deed?.do === 'cluster-step' ? deed : undefined;
}

/** Everything is looked at again. */
export function again(tale: Tale, well: boolean, bound: Bound = I1): Tale {
  const known = well ? HEALTHY : SICK;
  return tale
    .locate(bound)
    .look(known)
    .watch(counted(well ? 'answered' : 'answered-elsewhere'), known);
}

/** The pause before another look is over. */
export function woken(tale: Tale): Tale {
  const wake = tale.effects.findLast((effect) => effect.do === 'wake' && effect.name.startsWith('look again'));
  if (wake?.do !== 'wake') throw new RangeError('nobody wakes');
  tale.now = Math.max(tale.now, wake.at - 1000);
  return tale.take({ is: 'woken', name: wake.name });
}

/** To the end: repaired through the API server. */
export function mended(house?: House): Tale {
  return again(steps(begun(house)), true);
}

export const DIGEST: Digest = 'd'.repeat(64);
