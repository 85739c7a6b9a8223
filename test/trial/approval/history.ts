import fc from 'fast-check';
import { canonical } from '../../../src/model/json.ts';
import { sha256 } from '../../../src/model/hash.ts';
import type { Effect, Meaning, Offer } from '../../../src/model/index.ts';
import { notApproved } from '../../../src/shell/not-approved.ts';
import { SECOND, THIRD } from '../../fake/house.ts';
import { Rules } from './rules.ts';
import type { Presser, Verdict } from './rules.ts';
import { answerRehearsal, carryOut, lookAgain, person, PRESSERS, scene, SCENES, SITE, turnDown } from './world.ts';
import type { Story } from './world.ts';

const MINUTE = 60_000;
const JUMPS = [
  -60 * MINUTE,
  -16 * MINUTE,
  -5 * MINUTE,
  1000,
  MINUTE,
  7 * MINUTE,
  15 * MINUTE - 3000,
  15 * MINUTE,
  90 * MINUTE,
];

/** What histories came to, so that a trial in which nothing happens is seen to be none. */
export type Tally = Record<Verdict | 'rejected' | 'presses', number>;

/** One incident and what the rules say of it. */
class Course {
  readonly story: Story;
  readonly other: Story;
  readonly rules: Rules;
  readonly tally: Tally;
  stage = 0;
  #seen = 0;

  constructor(number: number, tally: Tally) {
    this.story = scene(number).fork();
    this.other = scene((number + 1) % SCENES);
    this.rules = new Rules(SITE, this.story.state.by.id);
    this.tally = tally;
    this.catchUp();
  }

  /** What happened since is taken in by the rules: the time, and what was put up for approval. */
  catchUp(): void {
    const { events, transitions } = this.story;
    for (; this.#seen < transitions.length; this.#seen += 1) {
      const at = events[this.#seen]?.at ?? 0;
      this.rules.at(at);
      const before = transitions[this.#seen - 1]?.state.offers ?? [];
      for (const { plan, state } of transitions[this.#seen]?.state.offers ?? []) {
        const was = before.find((one) => one.plan.id === plan.id)?.state;
        if (state === 'waiting' && was !== 'waiting') this.rules.offered(plan.id, plan.finding, plan.risk, at);
      }
    }
  }

  /** Lets something happen that begins nothing. */
  quietly(happens: () => void): void {
    const from = this.story.transitions.length;
    happens();
    this.agree([], from);
  }

  /** Whoever presses, and what must come of it. */
  press(token: string, by: Presser): void {
    this.tally.presses += 1;
    this.story.take({
      is: 'pressed',
      token,
      by: person(by.id),
      ...(by.groups.length === 0 ? {} : { groups: by.groups }),
    });
  }

  approve(offer: Offer, by: Presser): void {
    const { plan } = offer;
    const from = this.story.transitions.length;
    const had = this.offer(plan.id)?.consents.length ?? 0;
    this.rules.at(this.story.now + 1000);
    const verdict = this.rules.approve(plan.id, by);
    this.tally[verdict] += 1;
    this.press(offer.tokens.approve, by);
    const has = this.offer(plan.id)?.consents.length ?? 0;
    const due = had + (verdict === 'refused' ? 0 : 1);
    if (has !== due) throw new Error(`${by.id} pressed Approve (${verdict}): ${has} consents instead of ${due}`);
    this.agree(verdict === 'begins' ? [plan.id] : [], from);
  }

  offer(plan: string): Offer | undefined {
    return this.story.state.offers.find((one) => one.plan.id === plan);
  }

  nth(number: number): Offer {
    const { offers } = this.story.state;
    const offer = offers[offers.length - 1 - (number % offers.length)];
    if (offer === undefined) throw new Error('nothing was ever offered');
    return offer;
  }

  token(means: Meaning['means']): [string, Meaning] | undefined {
    return Object.entries(this.story.state.buttons).findLast(([, meaning]) => meaning.means === means);
  }

  /** Netdiag and the rules are of one mind. */
  agree(expected: readonly string[], from: number): void {
    const { story, rules } = this;
    const begun = story.transitions.slice(from).flatMap(({ effects }) => effects.filter(begins));
    const plans = begun.map(({ plan }) => plan.id);
    if (canonical(plans) !== canonical(expected))
      throw new Error(`begun: ${plans.length} changes, expected: ${expected.length}`);
    begun.forEach((effect) => this.#honest(effect, story.transitions[from - 1]?.state.offers ?? []));
    this.catchUp();
    const { life, offers } = story.state;
    if (life === 'closed' || life === 'proposing') rules.rested();
    for (const { letter, plan, state } of offers) {
      const waits = state === 'waiting' && life === 'proposing';
      if (waits !== rules.stands(plan.id))
        throw new Error(
          `Fix ${letter} is ${state} while ${life}, and it ${waits ? 'must not be' : 'should be on offer'}`,
        );
    }
  }

  /** A change carries exactly what was shown, and the yes of as many other people as it wants. */
  #honest({ plan, approval }: Begin, shown: readonly Offer[]): void {
    const hash = sha256(canonical(plan));
    const offer = shown.find((one) => one.plan.id === plan.id);
    if (offer === undefined || hash !== offer.hash || canonical(plan) !== canonical(offer.plan))
      throw new Error('what begins is not what was shown');
    if (approval.planHash !== hash || approval.planId !== plan.id) throw new Error('the approval is of another plan');
    if (notApproved(plan, approval, plan.expiresAt - 1) !== null) throw new Error('in time, and refused');
    if (notApproved(plan, approval, plan.expiresAt) === null) throw new Error('too late, and carried out');
    const [foreign] = this.other.state.offers;
    if (foreign !== undefined && notApproved(foreign.plan, approval, 0) === null)
      throw new Error('an approval opens the door to another plan');
  }
}

type Begin = Extract<Effect, { do: 'change' | 'prepare' }>;

function begins(effect: Effect): effect is Begin {
  return effect.do === 'change' || (effect.do === 'prepare' && effect.list === 'apply' && effect.nth === 0);
}

/** A step of a history. */
interface Move extends fc.Command<Course, null> {}

function move(words: string, run: (course: Course) => void): Move {
  return { check: () => true, run: (course) => run(course), toString: () => words };
}

const presser = fc.constantFrom(...PRESSERS);
const WILLING: ReadonlySet<string> = new Set([SECOND.id, THIRD.id, 'UCREW']);
const which = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }));
const said = ({ id, groups }: Presser): string => (groups.length === 0 ? id : `${id} of ${groups.join('+')}`);

/** Mostly people who may, so that histories come to something. */
const willing = fc.oneof(
  fc.constantFrom(...PRESSERS.filter(({ id, groups }) => WILLING.has(id) && groups.length < 2)),
  presser,
);

const approve = fc.tuple(which, willing, fc.constantFrom(1, 1, 1, 2)).map(([nth, by, times]) =>
  move(`approve ${nth} by ${said(by)} x${times}`, (course) => {
    const offer = course.nth(nth);
    for (let time = 0; time < times; time += 1) course.approve(offer, by);
  }),
);

const reject = fc.tuple(which, presser).map(([nth, by]) =>
  move(`reject ${nth} by ${said(by)}`, (course) => {
    const offer = course.nth(nth);
    course.rules.at(course.story.now + 1000);
    if (course.rules.stands(offer.plan.id) && course.rules.reject(offer.plan.id, by)) course.tally.rejected += 1;
    course.quietly(() => {
      course.press(offer.tokens.reject, by);
      answerRehearsal(course.story);
    });
  }),
);

const show = fc.tuple(which, presser).map(([nth, by]) =>
  move(`show ${nth} to ${said(by)}`, (course) => {
    const over = course.story.state.life === 'closed';
    course.quietly(() => {
      course.press(course.nth(nth).tokens.offer, by);
      if (over && course.story.state.life !== 'closed') course.rules.asked(by.id);
      answerRehearsal(course.story);
    });
  }),
);

const foreign = fc.tuple(presser, fc.constantFrom('approve', 'reject', 'plan', 'hash', 'junk')).map(([by, kind]) =>
  move(`a ${kind} of elsewhere by ${said(by)}`, (course) => {
    const [offer] = course.other.state.offers;
    const [own] = course.story.state.offers;
    if (offer === undefined || own === undefined) throw new Error('no offers');
    const tokens = { ...offer.tokens, plan: own.plan.id, hash: own.hash, junk: '__proto__' };
    course.quietly(() => course.press(tokens[kind], by));
  }),
);

const dismiss = presser.map((by) =>
  move(`dismissed by ${said(by)}`, (course) => {
    const [token, meaning] = course.token('dismiss') ?? [];
    if (token === undefined || meaning?.means !== 'dismiss') return;
    course.rules.at(course.story.now + 1000);
    course.quietly(() => {
      const known = course.story.state.findings.some(({ code }) => code === meaning.finding);
      if (known && course.story.state.life === 'proposing') course.rules.dismissed(meaning.finding);
      course.press(token, by);
      answerRehearsal(course.story);
    });
  }),
);

const stop = presser.map((by) =>
  move(`stopped by ${said(by)}`, (course) => {
    const [token] = course.token('stop') ?? [];
    course.rules.stop(by);
    course.quietly(() => course.press(token ?? '', by));
  }),
);

const reopen = presser.map((by) =>
  move(`reopened by ${said(by)}`, (course) => {
    const [token] = course.token('reopen') ?? [];
    const over = course.story.state.life === 'closed';
    if (token === undefined) return;
    course.quietly(() => {
      course.press(token, by);
      if (!over) return;
      course.rules.asked(by.id);
      lookAgain(course.story, course.stage);
    });
  }),
);

const clock = fc
  .constantFrom(...JUMPS)
  .map((ms) => move(`clock ${ms / 1000} s`, ({ story }) => void (story.now += ms)));

const wake = which.map((nth) =>
  move(`the time of ${nth} has come`, (course) =>
    course.quietly(() => {
      course.story.take({ is: 'woken', name: `expiry ${course.nth(nth).plan.id}` });
    }),
  ),
);

const ends = fc.boolean().map((well) =>
  move(`carried out ${well ? 'well' : 'badly'}`, (course) => {
    if (course.story.state.life !== 'changing') return;
    course.quietly(() => {
      course.stage = carryOut(course.story, well, course.stage);
    });
    if (course.story.state.life === 'changing') throw new Error('the change was carried out, and hangs');
  }),
);

const refuses = fc.constant(
  move('turned down', (course) => {
    if (course.story.state.life === 'changing') course.quietly(() => turnDown(course.story, course.stage));
  }),
);

const playbook = fc.constant(
  move('the playbook changes', (course) => {
    course.rules.playbookChanged();
    course.story.changePlaybook();
    course.quietly(() => course.story.take({ is: 'woken', name: 'nothing' }));
  }),
);

const weighted = [
  approve,
  approve,
  approve,
  approve,
  reject,
  show,
  foreign,
  dismiss,
  stop,
  reopen,
  clock,
  clock,
  wake,
  ends,
  ends,
  refuses,
  playbook,
];

/** Generated histories of one incident: where it begins, and what happens. */
const histories = fc.tuple(
  fc.integer({ min: 0, max: SCENES - 1 }),
  fc.commands<Course, null>(weighted, { maxCommands: 14, size: 'max' }),
);

/** Plays so many histories. Gives what went wrong in the first one that did, as few moves as will do it; `null` for nothing. */
export function play(runs: number, seed: number, tally: Tally, done?: (run: number) => void): string | null {
  let run = 0;
  const property = fc.property(histories, ([number, moves]) => {
    fc.modelRun(() => ({ model: new Course(number, tally), real: null }), moves);
    run += 1;
    done?.(run);
  });
  const outcome = fc.check(property, { numRuns: runs, seed });
  if (!outcome.failed) return null;
  const why = outcome.errorInstance instanceof Error ? outcome.errorInstance.message : String(outcome.errorInstance);
  const [[number, moves]] = outcome.counterexample ?? [[]];
  const told = [...(moves ?? [])].map((one) => one.toString()).join(', ');
  return `history ${outcome.numRuns} of seed ${seed}: ${why}; scene ${String(number)}: ${told}`;
}

/** Nothing has happened yet. */
export function nothing(): Tally {
  return { begins: 0, counts: 0, refused: 0, rejected: 0, presses: 0 };
}
