import type { Attachment, Digest, Message, MessageRef, Person, Place } from '../../model/index.ts';
import type { Clock, Mark, Thread } from '../../port.ts';
import type { Log } from './log.ts';
import type { Pace } from './pace.ts';
import { marked, Posted } from './posted.ts';
import { pointed, reference, spoken, threadTs, unfurled } from './spoken.ts';
import type { PostBytes } from './upload.ts';
import { Uploads } from './upload.ts';
import type { Ladder, Rendering } from './view/index.ts';
import { view, whisper } from './view/index.ts';
import type { CallWeb } from './web.ts';
import { Refused } from './web.ts';

/** The workspace does not know one of the blocks, or finds them too long. */
const unshowable = new Set(['invalid_blocks', 'msg_blocks_too_long']);
/** The message is gone or closed; it is posted again. */
const unchangeable = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** Posts whose references callers may not know yet. */
const mostRemembered = 500;

/**
 * Speaks in Slack. The live message stands in the channel, every other in its thread; a `MessageRef` is `channel:ts`,
 * and `Place.thread` is the live message's. Throws Refused or NoAnswer, each with a sentence for people.
 */
export class SlackThread implements Thread {
  readonly #call: CallWeb;
  readonly #pace: Pace;
  readonly #ladder: Ladder;
  readonly #log: Log;
  readonly #posted: Posted;
  readonly #uploads: Uploads;
  readonly #posts = new Map<string, Promise<MessageRef>>();
  readonly #classicOnly = new Set<Message['is']>();

  /** Ids that stand for a person or a group in what is whispered. */
  readonly known: readonly string[];

  constructor(parts: {
    readonly call: CallWeb;
    readonly pace: Pace;
    readonly ladder: Ladder;
    readonly postBytes: PostBytes;
    readonly clock: Clock;
    readonly log: Log;
    readonly known?: readonly string[];
  }) {
    this.#call = parts.call;
    this.#pace = parts.pace;
    this.#ladder = parts.ladder;
    this.#log = parts.log;
    this.#posted = new Posted(parts);
    this.#uploads = new Uploads({ ...parts, posted: this.#posted });
    this.known = parts.known ?? [];
  }

  /**
   * A slot that was posted a moment ago is updated even when the caller does not know its reference yet, so that two
   * quick states of one message never become two messages. What may stand there since an answer was lost, or since
   * netdiag ended in between, is looked for, and updated when it is found.
   */
  async show(
    place: Place,
    slot: string,
    message: Message,
    previous: MessageRef | null,
    mark: Mark | null = null,
  ): Promise<MessageRef> {
    const name = mark?.id ?? [place.channel, place.thread, slot, message.is === 'live' ? message.node : ''].join(' ');
    if (previous !== null) {
      this.#posts.delete(name);
      return this.#update(place, message, previous, mark);
    }
    const posted = this.#posts.get(name);
    if (posted !== undefined) return this.#update(place, message, await posted, mark);
    const post = this.#once(place, message, mark, null);
    this.#posts.set(name, post);
    for (const oldest of this.#posts.keys()) if (this.#posts.size > mostRemembered) this.#posts.delete(oldest);
    try {
      return await post;
    } catch (problem) {
      this.#posts.delete(name);
      throw problem;
    }
  }

  async attach(
    place: Place,
    files: readonly Attachment[],
    bytes: (digest: Digest) => Promise<Uint8Array>,
  ): Promise<void> {
    await this.#uploads.share(place, files, bytes);
  }

  /** What is said to one person alone cannot be looked for: after a lost answer they may read it twice. */
  async whisper(place: Place, to: Person, sentence: string, link: string | null = null): Promise<void> {
    const thread = threadTs(place);
    await this.#pace.call('chat.postEphemeral', () =>
      this.#call('chat.postEphemeral', {
        channel: place.channel,
        user: to.id,
        ...(thread === undefined ? {} : { thread_ts: thread }),
        ...spoken(whisper(sentence, this.known, link)),
      }),
    );
  }

  /** Posts unless it stands there already, in a message after `after`. */
  async #once(place: Place, message: Message, mark: Mark | null, after: MessageRef | null): Promise<MessageRef> {
    if (mark === null || !mark.perhaps) return this.#post(place, message, mark);
    const where = message.is === 'live' ? { ...place, thread: null } : place;
    const stands = await this.#posted.message(where, mark, after);
    const once = { ...mark, perhaps: false };
    return stands === null || stands === undefined
      ? this.#post(place, message, once)
      : this.#update(place, message, stands, once);
  }

  async #post(place: Place, message: Message, mark: Mark | null): Promise<MessageRef> {
    const thread = message.is === 'live' ? undefined : threadTs(place);
    const where = {
      channel: place.channel,
      ...(thread === undefined ? {} : { thread_ts: thread, ...(isLoud(message) ? { reply_broadcast: true } : {}) }),
      ...(mark === null ? {} : marked(mark)),
    };
    return this.#pace.post(place.channel, () =>
      this.#shown(message, async (rendering) => {
        const { ts } = await this.#call('chat.postMessage', { ...where, ...spoken(rendering), ...unfurled });
        return reference(place.channel, String(ts));
      }),
    );
  }

  async #update(place: Place, message: Message, previous: MessageRef, mark: Mark | null): Promise<MessageRef> {
    const { channel, ts } = pointed(previous);
    try {
      return await this.#pace.update(previous, () =>
        this.#shown(message, async (rendering) => {
          await this.#call('chat.update', { channel, ts, ...spoken(rendering) });
          return previous;
        }),
      );
    } catch (problem) {
      if (!(problem instanceof Refused) || !unchangeable.has(problem.code)) throw problem;
      this.#log('warn', `A message in ${channel} could not be changed (${problem.code}); it is posted again.`);
      return this.#once(place, message, mark, previous);
    }
  }

  /** Sends the message; on `invalid_blocks` once more in classic blocks, and at last as text alone. */
  async #shown(message: Message, send: (rendering: Rendering) => Promise<MessageRef>): Promise<MessageRef> {
    const classic = view(message, this.#ladder, 'classic');
    const tries = [
      ...(this.#classicOnly.has(message.is) ? [] : [view(message, this.#ladder, 'modern')]),
      classic,
      { text: classic.text, blocks: [] },
    ];
    for (const [i, rendering] of tries.entries()) {
      try {
        return await send(rendering);
      } catch (problem) {
        const refused = problem instanceof Refused && unshowable.has(problem.code);
        if (!refused || i === tries.length - 1) throw problem;
        this.#classicOnly.add(message.is);
        this.#log(
          'warn',
          `Slack refused the blocks of a ${message.is} message (${problem.code}); simpler ones follow.`,
        );
      }
    }
    throw new Error('A message has at least one rendering.');
  }
}

/** Whether it is shown in the channel besides its thread. */
function isLoud(message: Message): boolean {
  return message.is === 'note' && message.loud === true;
}
