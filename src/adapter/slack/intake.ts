import type { Clock, Desk, Journal } from '../../port.ts';
import { JournalError } from '../../port.ts';
import type { Admission } from './admission.ts';
import type { Inbound } from './inbound.ts';
import { read } from './inbound.ts';
import type { Log } from './log.ts';
import type { Reply } from './reply.ts';

type Wish = Extract<Inbound, { is: 'start' | 'press' }>;

/** A wish that is found unhandled at a start and is older than this is answered, not acted on. */
const staleMs = 15 * 60_000;

/**
 * Takes payloads in: records them, acknowledges, checks who asks, passes them to the desk, tells the person what the
 * desk says, and marks them handled. What was recorded and not handled is taken up by `replay` at the next start.
 */
export class Intake {
  readonly #journal: Pick<Journal, 'receive' | 'handled' | 'unhandled'>;
  readonly #desk: Desk;
  readonly #admission: Pick<Admission, 'admit'>;
  readonly #reply: Reply;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();
  #closing = false;

  constructor(parts: {
    readonly journal: Pick<Journal, 'receive' | 'handled' | 'unhandled'>;
    readonly desk: Desk;
    readonly admission: Pick<Admission, 'admit'>;
    readonly reply: Reply;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#journal = parts.journal;
    this.#desk = parts.desk;
    this.#admission = parts.admission;
    this.#reply = parts.reply;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** One payload. Slack must have `ack` within 3 s, so it comes right after the record. Never throws. */
  take(body: unknown, ack: () => Promise<void>): Promise<void> {
    const run = this.#take(body, ack).catch((problem: unknown) => {
      this.#log('error', `A payload from Slack was lost: ${wordsOf(problem)}`);
    });
    return this.#kept(run);
  }

  /** Takes up what was recorded before the last stop and never handled, oldest first. Throws JournalError. */
  async replay(): Promise<void> {
    for (const { key, payload, at } of await this.#journal.unhandled()) {
      const inbound = read(parsed(payload));
      if (inbound.is !== 'start' && inbound.is !== 'press') await this.#journal.handled(key);
      else if (this.#clock.now() - at > staleMs) {
        await this.#reply(
          inbound.source,
          'netdiag was not running when you asked this, and it is too old now. Ask again.',
        );
        await this.#journal.handled(key);
      } else await this.#kept(this.#handle(inbound, key));
    }
  }

  /** From now on payloads are recorded and acknowledged, and left to the next start. Resolves when none is in work. */
  async drain(): Promise<void> {
    this.#closing = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #take(body: unknown, ack: () => Promise<void>): Promise<void> {
    const inbound = read(body);
    if (inbound.is === 'nothing') return ack();
    if (inbound.is === 'say') {
      await ack();
      return this.#reply(inbound.source, inbound.sentence);
    }
    let fresh: boolean;
    try {
      fresh = await this.#journal.receive(inbound.key, JSON.stringify(withoutSecrets(body)), this.#clock.now());
    } catch (problem) {
      this.#log('error', `A wish of ${inbound.source.by.id} was not recorded: ${wordsOf(problem)}`);
      await ack();
      return this.#reply(inbound.source, `${sentenceOf(problem)} Nothing was done; try again.`);
    }
    await ack().catch((problem: unknown) => this.#log('warn', `Slack was not acknowledged: ${wordsOf(problem)}`));
    if (fresh && !this.#closing) await this.#handle(inbound, inbound.key);
  }

  async #handle(wish: Wish, key: string): Promise<void> {
    try {
      const answer = await this.#answer(wish, key);
      if (answer !== null) await this.#reply(wish.source, answer);
    } catch (problem) {
      this.#log('error', `A wish of ${wish.source.by.id} failed: ${wordsOf(problem)}`);
      await this.#reply(wish.source, `${sentenceOf(problem)} Try again.`);
    }
    await this.#journal
      .handled(key)
      .catch((problem: unknown) =>
        this.#log('error', `A wish is taken up again at the next start: ${wordsOf(problem)}`),
      );
  }

  async #answer(wish: Wish, key: string): Promise<string | null> {
    const { source } = wish;
    const admitted = await this.#admission.admit(source);
    if (!admitted.in) return admitted.sentence;
    const by = { id: source.by.id, name: admitted.name };
    if (wish.is === 'start') return this.#desk.start({ key, node: wish.node, by, place: source.place });
    return this.#desk.press({ key, token: wish.token, by, place: source.place });
  }

  #kept(run: Promise<void>): Promise<void> {
    this.#running.add(run);
    const gone = (): void => void this.#running.delete(run);
    run.then(gone, gone);
    return run;
  }
}

/** Slack's old verification token has no use and no place in the journal. */
function withoutSecrets(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? { ...body, token: undefined } : body;
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

/** What the person may read: the sentence of an error that was made for people, else that there was one. */
function sentenceOf(problem: unknown): string {
  const forPeople =
    problem instanceof JournalError || (problem instanceof Error && ['Refused', 'NoAnswer'].includes(problem.name));
  return forPeople ? ended(problem.message) : 'netdiag failed at this; its log says why.';
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function wordsOf(problem: unknown): string {
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
}
