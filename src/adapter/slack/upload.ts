import type { Attachment, Digest, Place } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import type { Pace } from './pace.ts';
import { NoAnswer } from './gate.ts';
import type { Posted } from './posted.ts';
import { threadTs } from './spoken.ts';
import { clip, inert } from './view/clean.ts';
import { say } from './words.ts';
import type { CallWeb } from './web.ts';
import { Refused } from './web.ts';

/** How a file gets its bytes to Slack; `fetch` in production. */
export type PostBytes = (
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
) => Promise<{ readonly ok: boolean; readonly status: number }>;

/** When it is looked whether a picture has come into the thread, in ms after the look before. */
const looks = [400, 600, 1000, 1500, 2500] as const;
/** Then it is let go, whatever the looks themselves had to wait for. */
const mostMs = 6000;
/** Where nobody may look: Slack shares a file most often within this, in ms. */
const blindMs = 2000;

/** A file that Slack has the bytes of. */
interface Sent {
  readonly id: string;
  readonly title: string;
}

interface Parts {
  readonly call: CallWeb;
  readonly pace: Pace;
  readonly postBytes: PostBytes;
  readonly posted: Pick<Posted, 'files'>;
  readonly clock: Clock;
}

/**
 * Shares files in the thread in three steps (https://docs.slack.dev/messaging/working-with-files): ask for an address, send the bytes,
 * complete all together. An empty file is left out, because Slack refuses length 0. Slack shares them some time after it has answered
 * (slackapi/node-slack-sdk#2260); a picture is waited for, so that what is said of it stands below it, but never for long.
 */
export class Uploads {
  readonly #parts: Parts;
  /** What was to be shared when the answer was lost, by where and what. */
  readonly #perhaps = new Map<string, readonly Sent[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws Refused or NoAnswer. Tried again after a lost answer it shares no file twice. */
  async share(
    place: Place,
    files: readonly Attachment[],
    bytes: (digest: Digest) => Promise<Uint8Array>,
  ): Promise<void> {
    const name = [place.channel, place.thread, ...files.map(({ name, output }) => `${name} ${output}`)].join(' ');
    const before = this.#perhaps.get(name);
    const sent = before ?? (await this.#send(files, bytes));
    if (sent.length === 0) return;
    if (before === undefined || (await this.#parts.posted.files(place, ids(before))) !== true) {
      this.#perhaps.set(name, sent);
      await this.#complete(place, sent, before !== undefined);
    }
    this.#perhaps.delete(name);
    if (place.thread === null || !files.some((file) => isPicture(file.name))) return;
    const enough = new AbortController();
    await Promise.race([this.#shown(place, sent, enough.signal), this.#parts.clock.sleep(mostMs, enough.signal)]);
    enough.abort();
  }

  async #send(files: readonly Attachment[], bytes: (digest: Digest) => Promise<Uint8Array>): Promise<readonly Sent[]> {
    const { call, pace, postBytes } = this.#parts;
    const sent: Sent[] = [];
    for (const file of files) {
      const content = Uint8Array.from(await bytes(file.output));
      if (content.length === 0) continue;
      const filename = safeName(file.name);
      const title = clip(file.title, 200, inert) || filename;
      const asked = { filename, length: content.length, ...altText(filename, file.alt ?? title) };
      const address = await pace.call('files.getUploadURLExternal', () => call('files.getUploadURLExternal', asked));
      const { upload_url: url, file_id: id } = address;
      if (typeof url !== 'string' || typeof id !== 'string') throw new NoAnswer(say.slack.noAddress);
      const answer = await postBytes(url, content);
      if (!answer.ok) throw new NoAnswer(say.slack.notTaken(filename, answer.status));
      sent.push({ id, title });
    }
    return sent;
  }

  /** Files that are completed already are not found any more; after a lost answer that is the answer. */
  async #complete(place: Place, sent: readonly Sent[], again: boolean): Promise<void> {
    const { call, pace } = this.#parts;
    const thread = threadTs(place);
    const where = { channel_id: place.channel, ...(thread === undefined ? {} : { thread_ts: thread }) };
    try {
      await pace.call('files.completeUploadExternal', () =>
        call('files.completeUploadExternal', { files: sent, ...where }),
      );
    } catch (problem) {
      if (!again || !(problem instanceof Refused) || problem.code !== 'file_not_found') throw problem;
    }
  }

  async #shown(place: Place, sent: readonly Sent[], enough: AbortSignal): Promise<void> {
    const { posted, clock } = this.#parts;
    for (const pause of looks) {
      await clock.sleep(pause, enough);
      if (enough.aborted) return;
      const there = await posted.files(place, ids(sent)).catch(() => false);
      if (there === true) return;
      if (there === null) return clock.sleep(blindMs - looks[0], enough);
    }
  }
}

function ids(sent: readonly Sent[]): string[] {
  return sent.map(({ id }) => id);
}

function isPicture(name: string): boolean {
  return /\.(?:png|jpe?g|gif|webp)$/i.test(name);
}

/** `alt_txt` on anything but an image can keep Slack from sharing the file (slackapi/python-slack-sdk#1818). */
function altText(filename: string, says: string): { alt_txt?: string } {
  return isPicture(filename) ? { alt_txt: clip(says, 1000, inert) } : {};
}

function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._]+/, '');
  return safe === '' ? 'file' : safe.slice(-100);
}

/**
 * Sends the bytes as they are, without the token: the address itself is the permission. A small file that hangs holds up the messages
 * behind it no longer than any other call.
 */
export const postBytes: PostBytes = (url, bytes) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.timeout(10_000 + Math.ceil(bytes.length / 1_000_000) * 5000),
  });
