import type { Attachment, Message, MessageRef, Person, Place } from '../../src/model/index.ts';
import type { Thread } from '../../src/port.ts';

/** One call of `show`, as it came. */
export interface Shown {
  readonly place: Place;
  readonly slot: string;
  readonly message: Message;
  readonly ref: MessageRef;
  /** The reference that the caller gave: `null` for a new message. */
  readonly previous: MessageRef | null;
}

/** A file with the bytes it had when it was attached. */
export interface Attached {
  readonly place: Place;
  readonly file: Attachment;
  readonly bytes: Uint8Array;
}

/**
 * A thread in memory. Keeps every shown message in order, the newest by slot, every whisper and every file.
 * References are `memory:1`, `memory:2` …; an update of a reference that was never given is refused.
 */
export class MemoryThread implements Thread {
  readonly shown: Shown[] = [];
  readonly whispers: { readonly place: Place; readonly to: Person; readonly sentence: string }[] = [];
  readonly attached: Attached[] = [];
  readonly #fails: { readonly method: keyof Thread; readonly sentence: string }[] = [];
  #refs = 0;

  /** The next call of `method` throws an Error with this sentence. */
  failNext(method: keyof Thread, sentence: string): void {
    this.#fails.push({ method, sentence });
  }

  /** The message that a slot shows now; `undefined` while it is empty. */
  now(slot: string): Message | undefined {
    return this.shown.findLast((one) => one.slot === slot)?.message;
  }

  /** Every message that a slot has shown, oldest first. */
  history(slot: string): readonly Message[] {
    return this.shown.filter((one) => one.slot === slot).map((one) => one.message);
  }

  async show(place: Place, slot: string, message: Message, previous: MessageRef | null): Promise<MessageRef> {
    this.#failIfAsked('show');
    if (previous !== null && !this.shown.some((one) => one.ref === previous)) {
      throw new Error(`the thread has no message ${previous}`);
    }
    const ref = previous ?? `memory:${++this.#refs}`;
    this.shown.push({ place, slot, message, ref, previous });
    return Promise.resolve(ref);
  }

  async attach(
    place: Place,
    files: readonly Attachment[],
    bytes: (digest: Attachment['output']) => Promise<Uint8Array>,
  ): Promise<void> {
    this.#failIfAsked('attach');
    for (const file of files) this.attached.push({ place, file, bytes: await bytes(file.output) });
  }

  async whisper(place: Place, to: Person, sentence: string): Promise<void> {
    this.#failIfAsked('whisper');
    this.whispers.push({ place, to, sentence });
    return Promise.resolve();
  }

  #failIfAsked(method: keyof Thread): void {
    const at = this.#fails.findIndex((one) => one.method === method);
    const [fail] = at === -1 ? [] : this.#fails.splice(at, 1);
    if (fail !== undefined) throw new Error(fail.sentence);
  }
}
