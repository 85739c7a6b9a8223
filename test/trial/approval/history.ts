import fc from 'fast-check';
import { canonical } from '../../../src/model/json.ts';
import { sha256 } from '../../../src/model/hash.ts';
import { changesCluster } from '../../../src/model/index.ts';
import type { Effect, Happening, Meaning, Offer } from '../../../src/model/index.ts';
import { notApproved } from '../../../src/shell/not-approved.ts';
import { SECOND, THIRD } from '../../fake/house.ts';
import { Rules } from './rules.ts';
import type { Presser, Verdict } from './rules.ts';
import {
  answerRehearsal,
  carryOut,
  CREW,
  lookAgain,
  person,
  PRESSERS,
  scene,
  SCENES,
  SITE,
  turnDown,
} from './world.ts';
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
export type Tally = Record<Verdict | 'rejected' | 'revoked' | 'alone' | 'presses', number>;

type Pressed = Extract<Happening, { is: 'pressed' }>;

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
        if (state === 'waiting' && was !== 'waiting' && was !== 'approved')
          this.rules.offered(plan.id, plan.finding, plan.risk, at, this.story.gated && !changesCluster(plan));
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
  press(token: string, by: Presser, more: Pick<Pressed, 'signature' | 'reason' | 'standing'> = {}): void {
    // Whoever is not in the workspace does not come as far as a button.
    if (this.gone.has(by.id)) return;
    this.tally.presses += 1;
    this.story.take({
      is: 'pressed',
      token,
      by: person(by.id),
      ...(by.groups.length === 0 ? {} : { groups: by.groups }),
      ...more,
    });
  }

  /** People who have left the workspace, and people who have left their group. */
  readonly gone = new Set<string>();
  readonly ungrouped = new Set<string>();

  /** How somebody stands at present. */
  readonly stands = (id: string): Presser | null =>
    this.gone.has(id) ? null : { id, groups: this.ungrouped.has(id) || !id.startsWith('UCREW') ? [] : [CREW] };

  /** Approves, or approves alone where there is a reason. */
  approve(offer: Offer, by: Presser, signer: string | null | undefined, alone?: string): void {
    if (this.gone.has(by.id)) return;
    const { plan } = offer;
    const from = this.story.transitions.length;
    this.rules.at(this.story.now + 1000);
    const verdict =
      alone === undefined
        ? this.rules.approve(plan.id, by, { signer, stands: this.stands })
        : this.rules.breakGlass(plan.id, by, alone, { signer, stands: this.stands });
    this.tally[verdict] += 1;
    if (alone !== undefined && verdict === 'begins') this.tally.alone += 1;
    const consents = this.offer(plan.id)?.consents ?? [];
    const standing = consents.map(({ by: { id } }) => {
      const now = this.stands(id);
      return { id, member: now !== null, groups: now?.groups ?? [] };
    });
    const signature = signer === undefined ? {} : { signature: { armored: 'armored', principal: signer } };
    const [token = ''] = alone === undefined ? [offer.tokens.approve] : (this.token('break-glass', plan.id) ?? []);
    this.press(token, by, { standing, ...signature, ...(alone === undefined ? {} : { reason: alone }) });
    const now = this.offer(plan.id);
    if (verdict !== 'refused' && now?.consents.length !== this.rules.yes(plan.id))
      throw new Error(
        `${by.id} pressed Approve (${verdict}): ${now?.consents.length} consents instead of ${this.rules.yes(plan.id)}`,
      );
    if (verdict === 'refused' && canonical(now?.consents ?? []) !== canonical(consents))
      throw new Error(`${by.id} pressed Approve, was refused, and the consents are others`);
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

  token(means: Meaning['means'], plan?: string): [string, Meaning] | undefined {
    return Object.entries(this.story.state.buttons).findLast(
      ([, meaning]) => meaning.means === means && (plan === undefined || ('plan' in meaning && meaning.plan === plan)),
    );
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
    const { life, offers, change, glass = [] } = story.state;
    if (rules.revoked && rules.running && change !== null && change.stopped === undefined)
      throw new Error('the approval was taken back, and the change goes on');
    if (!rules.revoked && rules.running && change?.stopped !== undefined)
      throw new Error('nobody who may has taken the approval back, and the change stops');
    if (rules.revoked && life === 'closed' && change?.entry?.state === 'confirmed')
      throw new Error('the approval was taken back, and the change stayed');
    for (const { plan, reviewed } of glass)
      if ((reviewed !== null) !== rules.reviewedOf(plan)) throw new Error(`reviewed: ${reviewed?.by.id ?? 'nobody'}`);
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
    if (approval.expiresAt > plan.expiresAt) throw new Error('the approval outlives the plan');
    if (notApproved(plan, approval, approval.expiresAt - 1) !== null) throw new Error('in time, and refused');
    if (notApproved(plan, approval, approval.expiresAt) === null) throw new Error('too late, and carried out');
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

/** Under whose name somebody signs: mostly their own. */
const OWN: Readonly<Record<string, string>> = {
  UONCALL: 'ona',
  UONCALL2: 'ona',
  USECOND: 'sam',
  USECOND2: 'sam',
  USECOND3: 'sam',
  UTHIRD: 'thea',
  UCREW: 'cleo',
  UCREW2: 'cleo',
};
const signing = fc.constantFrom('own', 'own', 'own', 'sam', 'nobody', 'unverified', 'none');
const signerOf = ({ id }: Presser, how: string): string | null | undefined =>
  how === 'none' ? undefined : how === 'unverified' ? null : how === 'own' ? (OWN[id] ?? 'nobody') : how;

const approve = fc.tuple(which, willing, fc.constantFrom(1, 1, 1, 2), signing).map(([nth, by, times, how]) =>
  move(`approve ${nth} by ${said(by)} x${times}, signed ${how}`, (course) => {
    const offer = course.nth(nth);
    for (let time = 0; time < times; time += 1) course.approve(offer, by, signerOf(by, how));
  }),
);

/** People who may approve alone, under each of their ids. */
const breaker = fc.constantFrom(...PRESSERS.filter(({ id }) => id.startsWith('UONCALL') || id.startsWith('UCREW')));

const breaking = fc
  .tuple(which, fc.oneof(breaker, presser), signing, fc.constantFrom('all are down', 'why', ' '))
  .map(([nth, by, how, why]) =>
    move(`break glass ${nth} by ${said(by)}, signed ${how}, because "${why}"`, (course) =>
      course.approve(course.nth(nth), by, signerOf(by, how), why),
    ),
  );

const revoke = fc.tuple(which, fc.oneof(willing, presser, presser)).map(([nth, by]) =>
  move(`revoke ${nth} by ${said(by)}`, (course) => {
    const { plan } = course.nth(nth);
    const [token = ''] = course.token('revoke', plan.id) ?? [];
    if (course.gone.has(by.id)) return;
    course.rules.at(course.story.now + 1000);
    const counts = course.rules.revoke(plan.id, by);
    if (counts) course.tally.revoked += 1;
    course.quietly(() => course.press(token, by));
    if (course.rules.stands(plan.id) && course.offer(plan.id)?.consents.length !== course.rules.yes(plan.id))
      throw new Error(`${by.id} revoked, and ${course.offer(plan.id)?.consents.length} consents are left`);
  }),
);

const review = fc.tuple(which, fc.oneof(breaker, presser)).map(([nth, by]) =>
  move(`review ${nth} by ${said(by)}`, (course) => {
    const { plan } = course.nth(nth);
    const [token] = course.token('reviewed', plan.id) ?? [];
    if (token === undefined || course.gone.has(by.id)) return;
    course.rules.review(plan.id, by);
    course.quietly(() => course.press(token, by));
  }),
);

const leave = fc.tuple(fc.constantFrom(SECOND.id, THIRD.id, 'UCREW', 'USECOND2'), fc.boolean()).map(([id, group]) =>
  move(`${id} leaves ${group ? 'the group' : 'the workspace'}, or comes back`, (course) => {
    const set = group ? course.ungrouped : course.gone;
    if (!set.delete(id)) set.add(id);
  }),
);

/** Whoever approves and is somebody else soon afterwards: while another approval is waited for, that one counts no more. */
const parting = fc.tuple(which, willing, fc.boolean()).map(([nth, by, group]) =>
  move(
    `approve ${nth} by ${said(by)}, signed own, who leaves ${group ? 'the group' : 'the workspace'} then`,
    (course) => {
      course.approve(course.nth(nth), by, signerOf(by, 'own'));
      (group ? course.ungrouped : course.gone).add(by.id);
    },
  ),
);

const reject = fc.tuple(which, presser).map(([nth, by]) =>
  move(`reject ${nth} by ${said(by)}`, (course) => {
    const offer = course.nth(nth);
    if (course.gone.has(by.id)) return;
    course.rules.at(course.story.now + 1000);
    if (course.rules.reject(offer.plan.id, by)) course.tally.rejected += 1;
    course.quietly(() => {
      course.press(offer.tokens.reject, by);
      answerRehearsal(course.story);
    });
  }),
);

const show = fc.tuple(which, presser).map(([nth, by]) =>
  move(`show ${nth} to ${said(by)}`, (course) => {
    const over = course.story.state.life === 'closed';
    if (course.gone.has(by.id)) return;
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
    if (token === undefined || meaning?.means !== 'dismiss' || course.gone.has(by.id)) return;
    course.rules.at(course.story.now + 1000);
    course.quietly(() => {
      const known = course.story.state.findings.some(({ code }) => code === meaning.finding);
      if (known && course.story.state.life === 'proposing') course.rules.dismissed(meaning.finding, by);
      course.press(token, by);
      answerRehearsal(course.story);
    });
  }),
);

const stop = presser.map((by) =>
  move(`stopped by ${said(by)}`, (course) => {
    const [token] = course.token('stop') ?? [];
    if (course.gone.has(by.id)) return;
    course.rules.stop(by);
    course.quietly(() => course.press(token ?? '', by));
  }),
);

const reopen = presser.map((by) =>
  move(`reopened by ${said(by)}`, (course) => {
    const [token] = course.token('reopen') ?? [];
    const over = course.story.state.life === 'closed';
    if (token === undefined || course.gone.has(by.id)) return;
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
  approve,
  breaking,
  revoke,
  revoke,
  revoke,
  review,
  leave,
  parting,
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
  return { begins: 0, counts: 0, refused: 0, rejected: 0, revoked: 0, alone: 0, presses: 0 };
}
