import { BEYOND } from '../../src/check/outside-return-path.ts';
import { step } from '../../src/incident/index.ts';
import type { House, Transition } from '../../src/incident/index.ts';
import { questionKey } from '../../src/model/index.ts';
import type {
  Answer,
  Bound,
  Change,
  Door,
  Effect,
  Event,
  Happening,
  IncidentState,
  LedgerEntry,
  Message,
  Offer,
  Person,
  Surveyed,
  Watched,
} from '../../src/model/index.ts';
import { ipRouteGet } from '../../src/probe/index.ts';
import { ON_CALL, SECOND, smallHouse } from '../fake/house.ts';
import { answered, counted, I1, I1_HEALTHY, I1_SICK, i1Answers, lost } from '../fake/scene.ts';

export const START = 1_700_000_000_000;
export const DOOR: Door = { address: '10.0.10.190', port: 22, from: 'node-status' };
const NEW_DOOR: Door = { address: '10.0.10.207', port: 22, from: 'node-status' };
const BEYOND_WAY = { to: BEYOND, from: '10.0.10.207' };

/** Everything that a node of I1 can be asked; the default route leaves by `out`. */
export function i1Known(sick: boolean, out = 'eth1'): readonly Answer[] {
  return [
    ...i1Answers(sick ? I1_SICK : I1_HEALTHY),
    answered('subject', ipRouteGet, BEYOND_WAY, `${BEYOND} from 10.0.10.207 via 10.0.10.1 dev ${out} uid 0 \n`),
  ];
}

/** An incident that is told happening by happening, one second apart. Everything that each made is kept. */
export class Tale {
  readonly house: House;
  readonly events: Event[] = [];
  readonly transitions: Transition[] = [];
  now = START;

  constructor(house: House = smallHouse()) {
    this.house = house;
  }

  /** Takes in one happening; by another house where one is given. */
  take(happening: Happening, house: House = this.house): this {
    this.now += 1000;
    const seed = (this.events.length + 1).toString(16).padStart(32, '0');
    const event: Event = { at: this.now, seed, ...happening };
    this.events.push(event);
    this.transitions.push(step(house, this.transitions.at(-1)?.state ?? null, event));
    return this;
  }

  get state(): IncidentState {
    const last = this.transitions.at(-1);
    if (last === undefined) throw new RangeError('nothing has happened yet');
    return last.state;
  }

  /** Effects of the last happening. */
  get wanted(): readonly Effect[] {
    return this.transitions.at(-1)?.effects ?? [];
  }

  /** Effects of all happenings. */
  get effects(): readonly Effect[] {
    return this.transitions.flatMap(({ effects }) => effects);
  }

  /** What the last presser was told alone; `null` when nothing. */
  get whispered(): string | null {
    const whisper = this.wanted.find((effect) => effect.do === 'whisper');
    return whisper?.do === 'whisper' ? whisper.sentence : null;
  }

  /** What a slot shows now. Throws where it shows nothing. */
  shows<Is extends Message['is']>(is: Is, slot: string = is): Extract<Message, { is: Is }> {
    const message = this.state.telling[slot]?.message;
    if (message?.is !== is) throw new RangeError(`${slot} shows ${message?.is ?? 'nothing'}`);
    return message as Extract<Message, { is: Is }>;
  }

  offer(letter = 'A'): Offer {
    const offer = this.state.offers.findLast((one) => one.letter === letter);
    if (offer === undefined) throw new RangeError(`there is no Fix ${letter}`);
    return offer;
  }

  get change(): Change {
    if (this.state.change === null) throw new RangeError('nothing is being changed');
    return this.state.change;
  }

  press(token: string, by: Person, reason?: string): this {
    return this.take({ is: 'pressed', token, by, ...(reason === undefined ? {} : { reason }) });
  }

  /** Presses the button of an answer. */
  answer(question: string, choice: string, by: Person = ON_CALL): this {
    const asked = this.state.questions.find((one) => one.question === question);
    const token = asked?.buttons[asked.choices.findIndex(({ id }) => id === choice)]?.token;
    if (token === undefined) throw new RangeError(`${question} offers no ${choice}`);
    return this.press(token, by);
  }

  /** Answers every node that is being asked from what is known, until nobody is asked. */
  look(known: readonly Answer[]): this {
    for (let look = asked(this.state); look !== undefined; look = asked(this.state)) {
      this.take(surveyed(this, look.role, known));
    }
    return this;
  }

  open(by: Person = ON_CALL, symptom?: string): this {
    return this.take({
      is: 'opened',
      incident: 'incident-1',
      node: 'ip-10-0-10-207',
      cluster: 'prod-east',
      by,
      place: { team: 'T1', channel: 'C1', thread: null },
      ...(symptom === undefined ? {} : { symptom }),
    });
  }

  /** The live message is in the channel, and with it the thread. */
  thread(): this {
    return this.take({ is: 'shown', slot: 'live', ref: 'C1/1.1', thread: 'C1/1.1' });
  }

  locate(bound: Bound = I1): this {
    const farEnds = bound.farEnd === null ? {} : { [bound.farEnd.kind]: bound.farEnd };
    return this.take({ is: 'located', bound, farEnds, clusterEvents: [], unseen: [] });
  }

  /** The packets were counted; what is asked afterwards is answered from what is known. */
  watch(watched: Watched = counted('answered-elsewhere'), known: readonly Answer[] = i1Known(true)): this {
    return this.take({ is: 'watched', watched }).look(known);
  }

  changed(state: LedgerEntry['state'], detail = ''): this {
    const { plan } = this.change;
    return this.take({ is: 'changed', plan, entry: { fix: plan, state, detail, difference: [] }, door: DOOR });
  }

  verified(good: boolean): this {
    return this.take({
      is: 'verified',
      plan: this.change.plan,
      door: NEW_DOOR,
      answers: i1Known(!good, good ? 'eth0' : 'eth1').filter(({ question }) => question.role === 'subject'),
      watched: counted(good ? 'answered' : 'answered-elsewhere'),
      apiServer: good ? 'answers' : 'dial tcp 10.0.10.207:10250: i/o timeout',
    });
  }

  settled(state: LedgerEntry['state'], difference: readonly string[] = []): this {
    const { plan } = this.change;
    return this.take({ is: 'settled', plan, entry: { fix: plan, state, detail: '', difference }, door: NEW_DOOR });
  }
}

/** The node that is being asked now, the subject first. */
function asked(state: IncidentState): IncidentState['looks'][number] | undefined {
  return state.looks.toSorted((a, b) => (a.role > b.role ? -1 : 1)).find((look) => look.state === 'asked');
}

/** What a node answers to the last survey of its role: to every question, and a gap where nothing is known. */
export function surveyed({ state, effects }: Tale, role: Surveyed['role'], known: readonly Answer[]): Surveyed {
  const node = state.looks.find((look) => look.role === role)?.node ?? role;
  const byKey = new Map(known.map((answer) => [questionKey(answer.question), answer]));
  const survey = effects.findLast((effect) => effect.do === 'survey' && effect.role === role);
  const questions = survey?.do === 'survey' ? survey.questions : [];
  return {
    is: 'surveyed',
    role,
    node,
    answers: questions.map((question) => ({
      ...(byKey.get(questionKey(question)) ?? lost({ question }, 'not-installed')),
      node,
    })),
    door: DOOR,
    closedDoors: [{ door: NEW_DOOR, because: 'connection timed out' }],
    identity: { name: node, machineId: `machine-${node}`, bootId: 'boot-1', hostKey: 'SHA256:k' },
    ms: 20,
  };
}

/** Far enough that the question and both nodes wait. */
export function asking(house?: House): Tale {
  return new Tale(house).open().thread().locate();
}

/** Far enough that packets are being counted on a node that is sick. */
export function counting(house?: House, known: readonly Answer[] = i1Known(true)): Tale {
  return asking(house).answer('symptom', 'kubelet').look(known);
}

/** Far enough that Fix A waits for an approval. */
export function proposing(house?: House): Tale {
  return counting(house).watch();
}

/** Far enough that the node is being changed. */
export function changing(house?: House): Tale {
  const tale = proposing(house);
  return tale.press(tale.offer().tokens.approve, SECOND);
}

/** To the end: repaired. */
export function repaired(house?: House): Tale {
  return changing(house).changed('applied').verified(true).settled('confirmed');
}

/** The same answers, all lost. */
export function silent(known: readonly Answer[]): readonly Answer[] {
  return known.map((answer) => lost(answer, 'timed-out'));
}

/** Distinct question keys of the surveys that were wanted, in order. */
export function questionsOf(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => (effect.do === 'survey' ? effect.questions.map(questionKey) : []));
}
