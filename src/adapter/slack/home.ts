import type { IncidentLine } from '../../model/index.ts';
import type { Clock, Desk } from '../../port.ts';
import type { Admission } from './admission.ts';
import type { Groups } from './groups.ts';
import type { Actor } from './inbound.ts';
import type { LinkTo } from './links.ts';
import type { Log } from './log.ts';
import type { NodeList } from './nodes.ts';
import type { Pace } from './pace.ts';
import { homeView } from './view/home.ts';
import type { HomeLine } from './view/home.ts';
import type { CallWeb } from './web.ts';

/** For how long, and for how many people, an opened Home tab is kept as things are. */
const watchedMs = 30 * 60_000;
const mostWatching = 50;
/** How long a sentence stays on top of it. */
const noticeMs = 60_000;
/** How long after a press what netdiag says to its presser belongs to it. */
const pressedMs = 15_000;
const nodesMs = 5000;
const mostLines = 10;

interface HomeParts {
  readonly call: CallWeb;
  readonly pace: Pace;
  readonly desk: Pick<Desk, 'overview'>;
  readonly admission: Pick<Admission, 'person' | 'sees'>;
  readonly groups: Groups;
  /** Ids of the people and groups that may approve. */
  readonly approvers: readonly string[];
  readonly nodes: NodeList;
  readonly linkTo: LinkTo;
  readonly clock: Clock;
  readonly log: Log;
}

interface Watching {
  readonly actor: Actor;
  until: number;
  notice: { readonly sentence: string; readonly until: number } | null;
  pressedAt: number | null;
}

/** Each person's Home tab: what waits for them, what is open, what was, and how the nodes are. */
export class Home {
  readonly #parts: HomeParts;
  readonly #watching = new Map<string, Watching>();

  constructor(parts: HomeParts) {
    this.#parts = parts;
  }

  /** Somebody has opened it; for the next half hour it follows what happens. */
  async opened(actor: Actor): Promise<void> {
    this.#watch(actor);
    await this.#publish(actor);
  }

  /** Says something on top of it for a minute. */
  async notice(actor: Actor, sentence: string): Promise<void> {
    this.#watch(actor).notice = { sentence, until: this.#parts.clock.now() + noticeMs };
    await this.#publish(actor);
  }

  /** Somebody has pressed a button of an incident in it, and looks here for what comes of it. */
  press(actor: Actor): void {
    this.#watch(actor).pressedAt = this.#parts.clock.now();
  }

  /** Whether somebody did so a moment ago. */
  pressed(person: string): boolean {
    const at = this.#watching.get(person)?.pressedAt ?? null;
    return at !== null && this.#parts.clock.now() - at < pressedMs;
  }

  /** Something has changed that it shows. */
  changed(): void {
    for (const { actor, until } of this.#watching.values())
      if (until > this.#parts.clock.now()) void this.#publish(actor);
  }

  #watch(actor: Actor): Watching {
    const until = this.#parts.clock.now() + watchedMs;
    const watching = this.#watching.get(actor.by.id) ?? { actor, until, notice: null, pressedAt: null };
    watching.until = until;
    this.#watching.delete(actor.by.id);
    this.#watching.set(actor.by.id, watching);
    for (const oldest of this.#watching.keys()) if (this.#watching.size > mostWatching) this.#watching.delete(oldest);
    return watching;
  }

  /** Never throws: what cannot be shown is logged. */
  async #publish(actor: Actor): Promise<void> {
    const { pace, call, log } = this.#parts;
    const person = actor.by.id;
    try {
      await pace.publish(person, async () => call('views.publish', { user_id: person, view: await this.#view(actor) }));
    } catch (problem) {
      log(
        'warn',
        `The Home tab of ${person} is not up to date: ${problem instanceof Error ? problem.message : String(problem)}`,
      );
    }
  }

  async #view(actor: Actor) {
    const { admission, desk, nodes, clock } = this.#parts;
    const person = actor.by.id;
    const notice = this.#watching.get(person)?.notice ?? null;
    const shown = notice !== null && notice.until > clock.now() ? notice.sentence : null;
    const admitted = await admission.person(actor);
    if (!admitted.in) return homeView({ refusal: admitted.sentence });
    const { open, over } = await desk.overview();
    const unreviewed = [...open, ...over].filter(({ reviews = [] }) => reviews.length > 0);
    const [lines, recent, toReview, mine, all] = await Promise.all([
      this.#seen(person, open),
      this.#seen(person, over),
      this.#seen(person, unreviewed),
      this.#mayApprove(person),
      nodes.within(nodesMs),
    ]);
    const waiting = mine ? lines.filter(({ line }) => line.waiting !== null && line.by.id !== person) : [];
    return homeView({
      refusal: null,
      notice: shown,
      known: this.#parts.approvers,
      waiting,
      reviews: toReview,
      open: lines,
      over: recent,
      nodes: all,
      at: clock.now(),
    });
  }

  /** The incidents whose channel they may read, newest first, with the way to their threads. */
  async #seen(person: string, all: readonly IncidentLine[]): Promise<readonly HomeLine[]> {
    const { admission, linkTo } = this.#parts;
    const latest = all.toSorted((a, b) => b.at - a.at).slice(0, 3 * mostLines);
    const sees = await Promise.all(latest.map(({ place }) => admission.sees(person, place.channel).catch(() => false)));
    const seen = latest.filter((_, i) => sees[i] === true).slice(0, mostLines);
    return Promise.all(
      seen.map(async (line) => {
        const { thread } = line.place;
        return { line, link: thread === null ? null : await linkTo(thread) };
      }),
    );
  }

  /** For show only: whether a press counts is asked anew. */
  async #mayApprove(person: string): Promise<boolean> {
    const { approvers, groups } = this.#parts;
    return approvers.includes(person) || groups.lately(person);
  }
}
