import { beforeAll, describe, expect, test } from 'vitest';
import { buildHouse, PLAYBOOKS } from '../../src/cli/house.ts';
import { step } from '../../src/incident/index.ts';
import type { House } from '../../src/incident/index.ts';
import type { Effect, Event, Happening, IncidentState, Surveyed } from '../../src/model/index.ts';
import { BEYOND } from '../../src/check/outside-return-path.ts';
import { ipRouteAll, ipRouteGet } from '../../src/probe/index.ts';
import { answered, counted, I1, I1_HEALTHY, I1_SICK, i1Answers } from '../fake/scene.ts';

const onCall = { id: 'UONCALL', name: 'on-call' };
const second = { id: 'USECOND', name: 'second' };
const MINUTE = 60_000;
const door = { address: '10.0.10.190', port: 22, from: 'node-status' } as const;

let house: House;
beforeAll(() => {
  house = buildHouse(PLAYBOOKS, { approvers: [onCall, second], expiresMs: 15 * MINUTE });
});

/** An incident that happenings are fed into, one second apart; effects and state as they come. */
class Tale {
  state: IncidentState | null = null;
  effects: readonly Effect[] = [];
  now = 1_000_000;

  tell(happening: Happening, at = (this.now += 1000), home = house): this {
    const event: Event = { at, seed: at.toString(16).padStart(32, '0'), ...happening };
    const { state, effects } = step(home, this.state, event);
    this.state = state;
    this.effects = effects;
    return this;
  }

  get now_is(): IncidentState {
    if (this.state === null) throw new Error('nothing has happened');
    return this.state;
  }

  /** The packets were counted, and the nodes have told what is asked afterwards. */
  watched(watched: ReturnType<typeof counted>): this {
    this.tell({ is: 'watched', watched });
    const open = (): IncidentState['looks'][number] | undefined =>
      this.now_is.looks.find(({ state }) => state === 'asked');
    for (let look = open(); look !== undefined; look = open()) {
      const { role, node } = look;
      this.tell(role === 'farEnd' ? { ...surveyed('peer', true), role, node, answers: [] } : surveyed(role, true));
    }
    return this;
  }

  press(token: string | undefined, by: typeof onCall, at?: number): this {
    return this.tell({ is: 'pressed', token: token ?? 'none', by }, at);
  }
}

const opened = {
  is: 'opened',
  incident: 'i',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: onCall,
  place: { team: 'T', channel: 'C', thread: 'C:1.1' },
} as const;
const located = {
  is: 'located',
  bound: I1,
  farEnds: { 'api-server': I1.farEnd },
  clusterEvents: [],
  unseen: [],
} as const;

/** What both nodes answered; answers of the other role are left out. */
function surveyed(role: 'subject' | 'peer', sick: boolean): Surveyed {
  const all = [
    ...i1Answers(sick ? I1_SICK : I1_HEALTHY),
    answered('subject', ipRouteAll, {}, I1_SICK.routes),
    answered(
      'subject',
      ipRouteGet,
      { to: BEYOND, from: '10.0.10.207' },
      `${BEYOND} from 10.0.10.207 via 10.0.10.1 dev eth1 \n`,
    ),
  ];
  return {
    is: 'surveyed',
    role,
    node: role === 'subject' ? 'ip-10-0-10-207' : 'ip-10-0-10-115',
    answers: all.filter(({ question }) => question.role === role),
    door,
    closedDoors: [],
    identity: { name: role, machineId: 'a'.repeat(32), bootId: 'b'.repeat(36), hostKey: 'SHA256:x' },
    ms: 5,
  };
}

/** As far as the proof of a sick I1: packets are under way. */
function proving(): Tale {
  const tale = new Tale().tell({ ...opened, symptom: 'kubelet-unreachable' }).tell(located);
  for (let round = 0; round < 4 && !tale.now_is.watching; round += 1) {
    for (const { role, state } of tale.now_is.looks) {
      if (state === 'asked' && role !== 'farEnd') tale.tell(surveyed(role, true));
    }
  }
  expect(tale.now_is.watching).toBe(true);
  return tale;
}

const offering = (): Tale => proving().watched(counted('answered-elsewhere'));
const [applied, refusedEntry] = (['applied', 'refused'] as const).map((state) => ({
  fix: 'f',
  state,
  detail: '',
  difference: [],
}));

describe('an offer', () => {
  test('is made when packets have proven the cause', () => {
    const { offers, life } = offering().now_is;
    expect(life).toBe('proposing');
    expect(offers[0]?.plan.safety).not.toContain('No counted packet');
  });

  test('says so when packets could not prove the cause', () => {
    const { offers } = proving().watched(counted('never-arrived')).now_is;
    expect(offers[0]?.plan.safety).toContain('No counted packet proves this cause');
  });

  test('is not made when no packets could be counted: nobody could see whether it helped', () => {
    const tale = proving().tell({ is: 'watch-failed', gap: 'unreachable', sentence: 'No sender.' });
    const asked = tale.now_is.questions.find(({ question }) => question === 'repeat');
    expect(asked?.text).toContain('No sender. Can you repeat what fails?');
    const { offers, outcome, troubles } = tale.press(asked?.buttons[1]?.token, onCall).now_is;
    expect(offers).toEqual([]);
    expect(outcome).toBe('advice');
    expect(troubles.join(' ')).toContain('No fix is offered');
  });

  test('is taken back by nobody but its time: a clock that was set back wakes again', () => {
    const tale = offering();
    const [offer] = tale.now_is.offers;
    if (offer === undefined) throw new Error('no offer');
    const early = { is: 'woken', name: `expiry ${offer.plan.id}` } as const;
    tale.tell(early, offer.plan.expiresAt - MINUTE);
    expect(tale.effects).toContainEqual(expect.objectContaining({ do: 'wake', at: offer.plan.expiresAt }));
    tale.tell(early, offer.plan.expiresAt);
    expect(tale.now_is.outcome).toBe('advice');
  });

  test('ends with the incident when its playbook was changed, and is not approved', () => {
    const tale = offering();
    const changed = new Map(
      [...house.playbooks].map(([id, known]) => [id, { ...known, playbook: { ...known.playbook, digest: 'another' } }]),
    );
    const token = tale.now_is.offers[0]?.tokens.approve ?? '';
    tale.tell({ is: 'pressed', token, by: second }, undefined, { ...house, playbooks: changed });
    expect(tale.now_is).toMatchObject({ outcome: 'aborted', change: null });
    expect(tale.effects.some((effect) => effect.do === 'change')).toBe(false);
    expect(tale.now_is.troubles.join(' ')).toContain('playbook was changed');
  });
});

describe('an approval', () => {
  test('by the requester, of an expired offer, twice, or after a refusal starts nothing more', () => {
    const tale = offering();
    const token = tale.now_is.offers[0]?.tokens.approve;
    const starts = (): number => tale.effects.filter((effect) => effect.do === 'change').length;
    tale.press(token, onCall);
    expect(starts()).toBe(0);
    tale.press(token, { id: 'UOTHER', name: 'other' });
    expect(starts()).toBe(0);
    tale.press(token, second);
    expect(starts()).toBe(1);
    tale.press(token, second);
    expect(starts()).toBe(0);
    tale.tell({ is: 'changed', plan: tale.now_is.change?.plan ?? '', entry: refusedEntry ?? applied!, door });
    expect(tale.now_is.life).toBe('diagnosing');
    tale.press(token, second);
    expect(starts()).toBe(0);
    const late = offering();
    const offer = late.now_is.offers[0];
    late.press(offer?.tokens.approve, second, offer?.plan.expiresAt);
    expect(late.effects.some((effect) => effect.do === 'change')).toBe(false);
  });
});

describe('a verification', () => {
  const verifying = (): Tale => {
    const tale = offering();
    tale.press(tale.now_is.offers[0]?.tokens.approve, second);
    return tale.tell({ is: 'changed', plan: tale.now_is.change?.plan ?? '', entry: applied!, door });
  };
  const verified = (tale: Tale, healthy: boolean, watched: ReturnType<typeof counted> | null): Effect | undefined =>
    tale
      .tell({
        is: 'verified',
        plan: tale.now_is.change?.plan ?? '',
        door,
        answers: surveyed('subject', !healthy).answers,
        watched,
        apiServer: null,
      })
      .effects.find((effect) => effect.do === 'settle');

  test('confirms when the check is clear and every packet is answered', () => {
    expect(verified(verifying(), true, counted('answered'))).toMatchObject({ verb: 'confirm' });
  });

  test.each([
    ['the check still finds the cause', false, counted('answered')],
    ['packets stay unanswered', true, counted('answered-elsewhere')],
    ['no packets could be sent', true, null],
  ])('rolls back when %s', (_what, healthy, watched) => {
    expect(verified(verifying(), healthy, watched)).toMatchObject({ verb: 'roll-back' });
  });
});

describe('an incident does not hang', () => {
  test('a question that nobody answers ends it after an hour', () => {
    const tale = new Tale().tell(opened);
    const wake = tale.effects.find((effect) => effect.do === 'wake');
    if (wake?.do !== 'wake') throw new Error('nothing wakes');
    expect(wake.at - tale.now).toBe(60 * MINUTE);
    tale.tell({ is: 'woken', name: wake.name }, wake.at);
    expect(tale.now_is.outcome).toBe('aborted');
    expect(tale.now_is.troubles.join(' ')).toContain('Nobody answered');
  });

  test('an answered one does not', () => {
    const tale = proving();
    tale.tell({ is: 'woken', name: 'unanswered symptom' });
    expect(tale.now_is.outcome).toBe(null);
  });

  test.each(['3-survey', '2-locate', '9-watch'])('%s that failed by surprise ends it with a sentence', (effect) => {
    const tale = proving().tell({ is: 'effect-failed', effect, sentence: 'survey failed: a surprise' });
    expect(tale.now_is).toMatchObject({ outcome: 'aborted', troubles: ['survey failed: a surprise'] });
  });

  test('a message that failed does not end it', () => {
    expect(proving().tell({ is: 'effect-failed', effect: '4-show', sentence: 's' }).now_is.outcome).toBe(null);
  });
});
