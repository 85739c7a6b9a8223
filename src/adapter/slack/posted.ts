import { z } from 'zod';
import type { MessageRef, Place } from '../../model/index.ts';
import type { Mark } from '../../port.ts';
import type { Log } from './log.ts';
import type { Pace } from './pace.ts';
import { pointed, reference, threadTs } from './spoken.ts';
import type { CallWeb } from './web.ts';
import { Refused } from './web.ts';

/** Under which netdiag keeps a mark in a message's metadata, where it is seen by no reader. */
const MARKED = 'netdiag_message';
const PAGE = 200;
/** A thread of 1,000 messages is looked through, and a channel as far back as that. */
const PAGES = 5;
/** Slack's clock and this one may differ by that much, in seconds. */
const SKEW_S = 300;

/** https://docs.slack.dev/reference/methods/conversations.replies and conversations.history */
const listing = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string().default(''), event_payload: z.record(z.string(), z.unknown()).default({}) })
        .optional(),
      files: z.array(z.object({ id: z.string() })).default([]),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});
type Listed = z.infer<typeof listing>['messages'][number];

/** The metadata that makes a message known again (https://docs.slack.dev/messaging/message-metadata). */
export function marked({ id }: Mark) {
  return { metadata: { event_type: MARKED, event_payload: { id } } };
}

/**
 * Finds out what stands in Slack already. That needs `channels:history`, in private channels `groups:history`; without them the answer
 * is `null`, not known, and the log says once what that means. Both questions throw NoAnswer. An app of a workspace's own may ask 50
 * times a minute; one that is distributed outside of the Marketplace once (https://docs.slack.dev/apis/web-api/rate-limits).
 */
export class Posted {
  readonly #call: CallWeb;
  readonly #pace: Pace;
  readonly #log: Log;
  #told = false;

  constructor(parts: { readonly call: CallWeb; readonly pace: Pace; readonly log: Log }) {
    this.#call = parts.call;
    this.#pace = parts.pace;
    this.#log = parts.log;
  }

  /** The newest message with this mark, posted after `after`; `undefined` where there is none. */
  async message(place: Place, mark: Mark, after: MessageRef | null): Promise<MessageRef | undefined | null> {
    const from = after === null ? 0 : Number(pointed(after).ts);
    const bears = ({ ts, metadata }: Listed): boolean =>
      metadata?.event_type === MARKED && metadata.event_payload['id'] === mark.id && Number(ts) > from;
    const found = await this.#newest(place, mark.since, bears);
    return found === null || found === undefined ? found : reference(place.channel, found.ts);
  }

  /** Whether all these files have come into the thread; `null` where that cannot be told. */
  async files(place: Place, ids: readonly string[]): Promise<boolean | null> {
    const missing = new Set(ids);
    const last = await this.#newest(place, 0, ({ files }) => {
      for (const { id } of files) missing.delete(id);
      return missing.size === 0;
    });
    return last === null ? null : missing.size === 0;
  }

  async #newest(place: Place, since: number, wanted: (message: Listed) => boolean): Promise<Listed | undefined | null> {
    const thread = threadTs(place);
    const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
    const oldest = String(Math.max(0, Math.floor(since / 1000) - SKEW_S));
    const where = thread === undefined ? { oldest } : { ts: thread };
    let found: Listed | undefined;
    let cursor = '';
    for (let page = 0; page < PAGES; page += 1) {
      const asked = { channel: place.channel, ...where, limit: PAGE, include_all_metadata: true };
      const said = await this.#ask(method, { ...asked, ...(cursor === '' ? {} : { cursor }) });
      if (said === null) return null;
      // The history is told newest first, a thread oldest first.
      for (const message of said.messages)
        if (wanted(message) && (found === undefined || Number(message.ts) > Number(found.ts))) found = message;
      cursor = said.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    return found;
  }

  async #ask(
    method: 'conversations.history' | 'conversations.replies',
    args: Readonly<Record<string, unknown>>,
  ): Promise<z.infer<typeof listing> | null> {
    try {
      return listing.parse(await this.#pace.call(method, () => this.#call(method, args)));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      if (!this.#told)
        this.#log(
          'warn',
          `${problem.message} netdiag cannot find out what it has posted there: after an answer that was lost, a message may stand twice.`,
        );
      this.#told = true;
      return null;
    }
  }
}
