import type { House } from '../../../src/incident/index.ts';
import type { Bound, Happening, IncidentState, Person } from '../../../src/model/index.ts';
import type { Remediation } from '../../../src/remediation/remediation.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER, THIRD } from '../../fake/house.ts';
import { counted, I1 } from '../../fake/scene.ts';
import {
  again,
  LAST,
  LAST_PATCH,
  LOCAL,
  prepared,
  reached,
  rehearsed,
  ROLL,
  SICK,
  STAGES,
  stepped,
  woken,
} from '../../incident/cluster-tale.ts';
import { surveyed, Tale } from '../../incident/tale.ts';
import type { Presser, Site } from './rules.ts';

/** A group of people who may approve, and one that may nothing. */
export const CREW = 'SNETCREW';
const OTHERS = 'SGARDENERS';

/** People under all their ids, and one group that each is in at times. */
export const PRESSERS: readonly Presser[] = [
  { id: ON_CALL.id, groups: [] },
  { id: 'UONCALL2', groups: [] },
  { id: 'UONCALL2', groups: [CREW] },
  { id: SECOND.id, groups: [] },
  { id: 'USECOND2', groups: [] },
  { id: 'USECOND3', groups: [] },
  { id: THIRD.id, groups: [] },
  { id: 'UCREW', groups: [CREW] },
  { id: 'UCREW', groups: [] },
  { id: 'UCREW2', groups: [OTHERS, CREW] },
  { id: STRANGER.id, groups: [] },
  { id: STRANGER.id, groups: [OTHERS] },
  { id: 'UGUEST', groups: [] },
  { id: '__proto__', groups: ['constructor'] },
];

export const SITE: Site = {
  approvers: [ON_CALL.id, 'UONCALL2', SECOND.id, 'USECOND2', THIRD.id, CREW],
  same: [
    [ON_CALL.id, 'UONCALL2', 'signer:ona'],
    [SECOND.id, 'USECOND2', 'USECOND3', 'signer:sam'],
    [THIRD.id, 'signer:thea'],
    ['UCREW', 'UCREW2', 'signer:cleo'],
  ],
  breakers: [ON_CALL.id, 'UCREW'],
};

/** The plans that an incident may come to, the first one first. */
const HARD: Remediation = { ...LOCAL, id: 'hard', risk: 3 };
const HARD_ROLL: Remediation = { ...ROLL, id: 'hard-roll', risk: 3 };
const KINDS: readonly (readonly Remediation[])[] = [
  [LOCAL, LAST],
  [ROLL, LOCAL, LAST, LAST_PATCH],
  [HARD, LOCAL],
  [HARD_ROLL, HARD],
  STAGES,
];
const REQUESTERS: readonly string[] = [ON_CALL.id, STRANGER.id, 'USECOND2', 'UCREW'];
/** Kinds of incidents that histories begin with. */
export const SCENES = (KINDS.length + 2) * REQUESTERS.length;
/** Kinds whose node has a gate, which demands signatures: they come after the others. */
const GATED = [0, 2];
const GATE = { version: '1', approvals: [1, 1, 2], mostRollbackSeconds: 300, signers: 4 } as const;

/** One incident among others: its tokens are its own. */
export class Story extends Tale {
  readonly salt: string;
  readonly gated: boolean;
  #house: House;

  constructor(house: House, salt: string, gated: boolean) {
    super(house);
    this.gated = gated;
    this.#house = house;
    this.salt = salt;
  }

  /** From now on its playbook is another one. */
  changePlaybook(): void {
    const playbooks = new Map(
      [...this.#house.playbooks].map(([id, known]) => [
        id,
        { ...known, playbook: { ...known.playbook, digest: 'another' } },
      ]),
    );
    this.#house = { ...this.#house, playbooks };
  }

  override take(happening: Happening): this {
    const stamped = { ...happening, seed: `${this.salt} ${this.events.length}` };
    return super.take(stamped, this.#house);
  }

  /** Answers for the nodes as long as anybody is being asked. */
  override look(known: Parameters<Tale['look']>[0]): this {
    const asked = (): IncidentState['looks'][number] | undefined =>
      this.state.life === 'closed'
        ? undefined
        : this.state.looks.toSorted((a, b) => (a.role > b.role ? -1 : 1)).find(({ state }) => state === 'asked');
    for (let look = asked(); look !== undefined; look = asked()) {
      const seen = surveyed(this, look.role, known);
      const identity = seen.identity === null || !this.gated ? seen.identity : { ...seen.identity, gate: GATE };
      this.take({ ...seen, identity });
    }
    return this;
  }

  /** Goes on from what has happened so far, apart from the original. */
  fork(): Story {
    const fork = new Story(this.#house, this.salt, this.gated);
    fork.events.push(...this.events);
    fork.transitions.push(...this.transitions);
    fork.now = this.now;
    return fork;
  }
}

/** A person of the chat. */
export function person(id: string): Person {
  return { id, name: id.toLowerCase() };
}

/** How far the world has come on the way of the stages. */
export function boundAfter(stage: number): Bound {
  return stage === 0 ? I1 : reached(stage);
}

/** Everything is looked at again, and the node is as sick as before. */
export function lookAgain(story: Story, stage: number): void {
  again(story, false, boundAfter(stage));
  answerRehearsal(story);
}

/** The API server says what a plan's patches would change, where it is asked. */
export function answerRehearsal(story: Story): void {
  if (story.state.offers.some(({ state }) => state === 'rehearsing')) rehearsed(story);
}

/** Carries the running change out: well, or so that it is taken back. Gives the stage that the world has come to. */
export function carryOut(story: Story, well: boolean, stage: number): number {
  const { change, offers } = story.state;
  const plan = offers.find((offer) => offer.plan.id === change?.plan)?.plan;
  if (change === null || plan === undefined) return stage;
  if (change.cluster === null) {
    story.changed('applied');
    if (story.state.life === 'verifying') story.verified(well);
    story.settled(well && story.change.verified === true ? 'confirmed' : 'rolled-back');
    return stage;
  }
  allSteps(story);
  const last = plan.stage === null || plan.stage.at === plan.stage.of;
  const then = well && plan.stage !== null ? plan.stage.at : stage;
  for (let looks = 0; looks < 6 && looking(story); looks += 1) {
    if (story.state.life === 'diagnosing') woken(story);
    again(story, well && last, boundAfter(then));
  }
  allSteps(story);
  answerRehearsal(story);
  return then;
}

/** The node, or the API server, says that the plan does not fit any more; everything is looked at again. */
export function turnDown(story: Story, stage: number): void {
  const { change } = story.state;
  if (change === null) return;
  if (change.cluster === null) story.changed('refused').look(SICK).watch(counted('answered-elsewhere'), SICK);
  else {
    prepared(story, { refusal: 'It is another one.' });
    if (story.state.life === 'opened') again(story, false, boundAfter(stage));
  }
  answerRehearsal(story);
}

function looking({ state }: Story): boolean {
  return (state.life === 'opened' || state.life === 'diagnosing') && state.change?.entry?.state === 'applied';
}

function allSteps(story: Story): void {
  for (let done = 0; done < 20 && ['changing', 'settling'].includes(story.state.life); done += 1) {
    const deed = story.effects.findLast((effect) => effect.do === 'prepare' || effect.do === 'cluster-step');
    if (deed?.do === 'prepare') prepared(story);
    else stepped(story, { difference: [] });
  }
}

function built(scene: number): Story {
  const requester = REQUESTERS[scene % REQUESTERS.length] ?? '';
  const kind = Math.floor(scene / REQUESTERS.length);
  const gated = kind >= KINDS.length;
  const remediations = KINDS[gated ? (GATED[kind - KINDS.length] ?? 0) : kind] ?? [];
  const approvers = SITE.approvers.map(person);
  const house = smallHouse(undefined, {
    remediations,
    approval: {
      approvers,
      expiresMs: 15 * 60_000,
      identities: SITE.same,
      breakers: SITE.breakers,
      verifies: true,
    },
  });
  const story = new Story(house, `scene ${scene}`, gated);
  story.open(person(requester)).thread().locate().answer('symptom', 'kubelet', person(requester)).look(SICK);
  story.watch(counted('answered-elsewhere'), SICK);
  answerRehearsal(story);
  return story;
}

const scenes = new Map<number, Story>();

/** An incident whose first plan waits for an approval. */
export function scene(number: number): Story {
  const known = scenes.get(number) ?? built(number);
  scenes.set(number, known);
  return known;
}
