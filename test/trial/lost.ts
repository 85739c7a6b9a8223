import { sha256 } from '../../src/model/hash.ts';
import type { Message, MessageRef, Place } from '../../src/model/index.ts';
import type { Thread } from '../../src/port.ts';
import { incidentsPlace, looking } from '../adapter/slack/messages.ts';
import { clock, incidents, practise } from '../adapter/slack/practice.ts';
import type { Practice, Said } from '../adapter/slack/practice.ts';

const SECONDS = 150;
const INCIDENTS = 5;
/** Step events a second, over all incidents. */
const EVENTS = 200;
/** How often each incident says something new in its thread, and an answer is lost, in ms. */
const SAY_EVERY_MS = 8000;
const LOSE_EVERY_MS = 1000;
/** What Slack allows a minute, all incidents together (https://docs.slack.dev/apis/web-api/rate-limits). */
const TIER_3 = 50;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

/**
 * Five incidents in a channel with 200 step events a second, through the practice workspace with Slack's rates, while answers are lost
 * that took effect: `[SECONDS]`. True when no call was answered 429, updates stayed below the rate, every thread has every message exactly
 * once, and the live messages show the last state.
 */
export async function lostTrial(args: readonly string[]): Promise<boolean> {
  const seconds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? SECONDS);
  await using practice = await practise();
  const { thread } = practice.adapter();
  const over = new AbortController();
  const losing = lose(practice, over.signal);
  const began = clock.now();
  const tales = await Promise.all(
    Array.from({ length: INCIDENTS }, (_, number) => tell(new Insisting(thread), `ip-10-0-10-${number}`, seconds)),
  );
  over.abort();
  await losing;
  const [events, posts, lost] = (['events', 'posts', 'lost'] as const).map((what) =>
    tales.reduce((sum, one) => sum + one[what], 0),
  );
  say(`${INCIDENTS} incidents, ${events} step events and ${posts} posts in ${seconds} s, ${lost} answers lost`);
  say(`all of it was shown ${((clock.now() - began) / 1000 - seconds).toFixed(1)} s after the last event`);
  const said = await practice.messages(incidents);
  const complaints = [...(await ratesOf(practice)), ...endsOf(said, seconds, (posts ?? 0) / INCIDENTS)];
  for (const complaint of complaints) say(`WRONG: ${complaint}`);
  return complaints.length === 0;
}

interface Tale {
  readonly events: number;
  /** The live message not among them. */
  readonly posts: number;
  readonly lost: number;
}

/** One incident: the live message changes all the time, and now and then something is said. */
async function tell(thread: Insisting, node: string, seconds: number): Promise<Tale> {
  const pause = (1000 * INCIDENTS) / EVENTS;
  const live = (step: string): Message => ({ ...looking, node, title: [{ text: step }] });
  const ref = await thread.show(incidentsPlace, `${node} live`, live('step 0'), null);
  const place: Place = { ...incidentsPlace, thread: ref };
  const shown: Promise<unknown>[] = [];
  const from = clock.now();
  let [events, posts] = [0, 0];
  for (; clock.now() - from < seconds * 1000; events += 1) {
    shown.push(thread.show(place, `${node} live`, live(`step ${events}`), ref));
    if (clock.now() - from >= posts * SAY_EVERY_MS) {
      posts += 1;
      shown.push(thread.show(place, `${node} ${posts}`, { is: 'note', text: [{ text: `remark ${posts}` }] }, null));
    }
    const behind = clock.now() - from - events * pause;
    if (behind < pause) await clock.sleep(pause);
  }
  shown.push(thread.show(place, `${node} live`, live(`done after ${seconds} s`), ref));
  await Promise.all(shown);
  return { events, posts, lost: thread.lost };
}

/** As the worker does it: whatever failed is tried again later, under the same mark. */
class Insisting {
  lost = 0;
  readonly #thread: Thread;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  async show(place: Place, name: string, message: Message, previous: MessageRef | null): Promise<MessageRef> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const mark = { id: sha256(name).slice(0, 32), since: clock.now() - 600_000, perhaps: attempt > 1 };
        return await this.#thread.show(place, name, message, previous, mark);
      } catch (problem) {
        this.lost += 1;
        if (attempt === 10) throw problem;
        await clock.sleep(1000);
      }
    }
  }
}

/** Has the answer to a post lost after it took effect, now and then that to an update as well. */
async function lose(practice: Practice, over: AbortSignal): Promise<void> {
  for (let time = 0; !over.aborted; time += 1) {
    const kind = time % 2 === 0 ? 'server_error_after' : 'drop_after';
    const method = time % 5 === 4 ? 'chat.update' : 'chat.postMessage';
    await practice.control('chaos', { faults: [{ method, kind, times: 1 }] });
    await clock.sleep(LOSE_EVERY_MS, over);
  }
}

/** Says how often each method was called in its busiest minute; gives what Slack would not take. */
async function ratesOf(practice: Practice): Promise<readonly string[]> {
  const { calls } = await practice.calls();
  const complaints: string[] = [];
  for (const method of [...new Set(calls.map((call) => call.method))].toSorted()) {
    const own = calls.filter((call) => call.method === method);
    const busiest = Math.max(...own.map(({ at }) => own.filter((one) => one.at >= at && one.at < at + 60_000).length));
    const refused = own.filter(({ status }) => status === 429).length;
    say(`  ${method}: ${own.length} calls, ${busiest} in the busiest minute, ${refused} answered 429`);
    if (refused > 0) complaints.push(`${method} was answered 429 ${refused} times`);
    if (method === 'chat.update' && busiest > TIER_3) complaints.push(`${busiest} updates in a minute`);
  }
  return [...complaints, ...(await practice.violations())];
}

/** What is wrong with what stands in the channel at the end. */
function endsOf(said: readonly Said[], seconds: number, posts: number): readonly string[] {
  const lives = said.filter((one) => one.thread_ts === undefined || one.thread_ts === one.ts);
  const complaints = lives.length === INCIDENTS ? [] : [`${lives.length} live messages`];
  for (const { text, ts } of lives) {
    if (!text.includes(`done after ${seconds} s`)) complaints.push(`a live message says at the end: ${text}`);
    const remarks = said.filter((one) => one.thread_ts === ts && one.ts !== ts).map((one) => one.text);
    const once = new Set(remarks);
    if (once.size !== posts || remarks.length !== posts)
      complaints.push(`a thread holds ${remarks.length} remarks, ${once.size} different ones of ${posts}`);
  }
  return complaints;
}
