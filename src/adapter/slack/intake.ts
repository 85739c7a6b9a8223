import type { Clock, Desk, Journal } from '../../port.ts';
import { JournalError } from '../../port.ts';
import type { Acting } from './acting.ts';
import type { Admission } from './admission.ts';
import type { Home } from './home.ts';
import type { Inbound, Source, Wish } from './inbound.ts';
import { isWish, read } from './inbound.ts';
import type { Log } from './log.ts';
import type { NodeList } from './nodes.ts';
import { suggested } from './nodes.ts';
import { fields } from './payload/submission.ts';
import type { Reply } from './reply.ts';
import { nodeOption } from './view/form.ts';
import { listed } from './view/list.ts';
import { say } from './words.ts';

/** A wish that is found unhandled at a start and is older than this is answered, not acted on. */
const staleMs = 15 * 60_000;
/** Payloads in work at once; whoever comes beyond that is told to come back, and nothing piles up. */
export const mostAtOnce = 500;
/** How long Slack is kept waiting for what an acknowledgement itself has to say; it gives up after 3 s. */
const answerMs = 1800;

/** Acknowledges a payload to Slack, with what its kind of payload takes for an answer. */
export type Ack = (answer?: object) => Promise<void>;

interface Parts {
  readonly journal: Pick<Journal, 'receive' | 'handled' | 'unhandled'>;
  readonly desk: Pick<Desk, 'overview'>;
  readonly acting: Acting;
  readonly admission: Pick<Admission, 'admit' | 'person' | 'sees'>;
  readonly nodes: NodeList;
  readonly home: Home;
  readonly reply: Reply;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes payloads in: records what asks for something, acknowledges, has it done, tells the person what came of it, and marks
 * it handled. What was recorded and not handled is taken up by `replay` at the next start.
 */
export class Intake {
  readonly #parts: Parts;
  readonly #running = new Set<Promise<void>>();
  #closing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** One payload. Slack must have `ack` within 3 s, so it comes right after the record. Never throws. */
  take(body: unknown, ack: Ack): Promise<void> {
    const run = this.#take(body, ack).catch((problem: unknown) => {
      this.#parts.log('error', `A payload from Slack was lost: ${wordsOf(problem)}`);
    });
    return this.#kept(run);
  }

  /** Takes up what was recorded before the last stop and never handled, oldest first. Throws JournalError. */
  async replay(): Promise<void> {
    const { journal, clock } = this.#parts;
    for (const { key, payload, at } of await journal.unhandled()) {
      const inbound = read(parsed(payload));
      if (!isWish(inbound)) await journal.handled(key);
      else if (clock.now() - at > staleMs) {
        await this.#tell(inbound, say.ran);
        await journal.handled(key);
      } else await this.#kept(this.#handle(inbound, key, true));
    }
  }

  /** From now on payloads are recorded and acknowledged, and left to the next start. Resolves when none is in work. */
  async drain(): Promise<void> {
    this.#closing = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #take(body: unknown, ack: Ack): Promise<void> {
    const inbound = read(body);
    if (isWish(inbound)) return this.#wish(inbound, body, ack);
    if (inbound.is === 'suggest') return ack({ options: await this.#options(inbound) });
    await ack();
    if (inbound.is === 'say') return this.#parts.reply(inbound.source, inbound.sentence);
    if (inbound.is === 'list') return this.#list(inbound.source);
    if (inbound.is === 'home') await this.#parts.home.opened(inbound.actor);
  }

  async #wish(wish: Wish, body: unknown, ack: Ack): Promise<void> {
    const { journal, clock, log } = this.#parts;
    if (this.#running.size >= mostAtOnce) {
      await ack();
      return this.#tell(wish, say.busy);
    }
    let fresh: boolean;
    try {
      fresh = await journal.receive(wish.key, JSON.stringify(withoutSecrets(body)), clock.now());
    } catch (problem) {
      log('error', `A wish was not recorded: ${wordsOf(problem)}`);
      await ack();
      return this.#tell(wish, `${sentenceOf(problem)} ${say.notDone}`);
    }
    const fault = fresh && wish.is === 'start' && wish.form ? await this.#fault(wish) : null;
    await ack(fault ?? undefined).catch((problem: unknown) =>
      log('warn', `Slack was not acknowledged: ${wordsOf(problem)}`),
    );
    if (fault !== null) return this.#done(wish.key);
    if (fresh && !this.#closing) await this.#handle(wish, wish.key, false);
  }

  /** What is wrong with a form, shown in it while it stays open; null when nothing is, or Slack does not say it in time. */
  async #fault({ source, elsewhere }: Extract<Wish, { is: 'start' }>): Promise<object | null> {
    const { admission, clock } = this.#parts;
    const enough = new AbortController();
    const admitted = await Promise.race([
      admission.admit(source).catch(() => undefined),
      clock.sleep(answerMs, enough.signal),
    ]);
    enough.abort();
    if (admitted === undefined || admitted.in) return null;
    return {
      response_action: 'errors',
      errors: { [elsewhere ? fields.channel : fields.node]: admitted.sentence.replaceAll('`', '') },
    };
  }

  async #handle(wish: Wish, key: string, late: boolean): Promise<void> {
    try {
      const { source } = wish;
      if (source?.home === true) this.#parts.home.press({ by: source.by, team: source.place.team });
      const answer = await this.#parts.acting.act(wish, key, late);
      if (answer !== null) await this.#tell(wish, answer.sentence, answer.to);
    } catch (problem) {
      this.#parts.log('error', `A wish failed: ${wordsOf(problem)}`);
      await this.#tell(wish, `${sentenceOf(problem)} ${say.again}`);
    }
    await this.#done(key);
  }

  #done(key: string): Promise<void> {
    const { journal, log } = this.#parts;
    return journal
      .handled(key)
      .catch((problem: unknown) => log('error', `A wish is taken up again at the next start: ${wordsOf(problem)}`));
  }

  async #tell(wish: Wish, ...said: [sentence: string, to?: string | undefined]): Promise<void> {
    const { reply, home } = this.#parts;
    const [sentence, to] = said;
    if (wish.source !== null) return reply(wish.source, sentence, to);
    if (wish.is === 'ask') await home.notice(wish.actor, sentence);
  }

  async #options({ typed, actor }: Extract<Inbound, { is: 'suggest' }>): Promise<readonly object[]> {
    const { admission, nodes, clock } = this.#parts;
    const enough = new AbortController();
    const admitted = admission.person(actor).catch(() => null);
    const first = await Promise.race([
      Promise.all([admitted, nodes.within(answerMs)]),
      clock.sleep(answerMs, enough.signal),
    ]);
    enough.abort();
    const [who, all] = first ?? [];
    return who?.in === true && all ? suggested(all, typed).map(nodeOption) : [];
  }

  async #list(source: Source): Promise<void> {
    const { admission, desk, reply, log } = this.#parts;
    try {
      const admitted = await admission.admit(source);
      if (!admitted.in) return await reply(source, admitted.sentence);
      const { open } = await desk.overview();
      const seen = await Promise.all(open.map(({ place }) => admission.sees(source.by.id, place.channel)));
      await reply(source, listed(open.filter((_, i) => seen[i] === true)));
    } catch (problem) {
      log('error', `The open incidents were not listed: ${wordsOf(problem)}`);
      await reply(source, `${sentenceOf(problem)} ${say.again}`);
    }
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
  return forPeople ? ended(problem.message) : say.failed;
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function wordsOf(problem: unknown): string {
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
}
