import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { recordedCluster, recordedNodeShell, World } from '../../src/adapter/recorded/index.ts';
import type { Recording } from '../../src/adapter/recorded/index.ts';
import type {
  Attachment,
  ChangeRequest,
  LedgerEntry,
  Message,
  MessageRef,
  Person,
  Place,
} from '../../src/model/index.ts';
import type { Clock, Cluster, NodeShell, Thread } from '../../src/port.ts';
import { recordOf } from './whole.ts';

/** One thing that a node was asked, and when. */
export type Deed = { readonly at: number; readonly node: string } & (
  | { readonly change: ChangeRequest }
  | { readonly ledger: string; readonly verb: 'status' | 'confirm' | 'roll-back' }
);

/**
 * Recorded nodes that outlive netdiag: whatever changes them is written to a file before it is answered, and whoever opens
 * the file finds them as they were left.
 */
export class SurvivingWorld extends World {
  readonly #file: string;

  constructor(recording: Recording, clock: Clock, file: string) {
    let replayed: number | null = null;
    super(recording, { ...clock, now: () => replayed ?? clock.now() });
    this.#file = file;
    for (const deed of linesOf<Deed>(file)) {
      replayed = deed.at;
      if ('change' in deed) super.change(deed.node, deed.change);
      else super.ledger(deed.node, deed.ledger, deed.verb);
    }
    replayed = null;
  }

  override change(node: string, request: ChangeRequest): LedgerEntry {
    this.#write({ at: this.clock.now(), node, change: request });
    return super.change(node, request);
  }

  override ledger(node: string, id: string, verb: 'status' | 'confirm' | 'roll-back'): LedgerEntry | null {
    this.#write({ at: this.clock.now(), node, ledger: id, verb });
    return super.ledger(node, id, verb);
  }

  get shell(): NodeShell {
    return recordedNodeShell(this);
  }

  get cluster(): Cluster {
    return recordedCluster(this);
  }

  #write(deed: Deed): void {
    appendFileSync(this.#file, `${JSON.stringify(deed)}\n`);
  }
}

/** What people in the chat have seen, one line each. */
export type Seen =
  | { readonly slot: string; readonly message: Message; readonly ref: MessageRef; readonly previous: MessageRef | null }
  | { readonly whisper: string; readonly to: Person }
  | { readonly file: string }
  /** Not seen by anybody: netdiag died as this was recorded. */
  | { readonly died: string; readonly when: 'before' | 'after' };

/** A chat that outlives netdiag: everything said is a line of a file, and a message's reference is the line that posted it. */
export class SurvivingThread implements Thread {
  readonly #file: string;
  /** What was said in this life and no journal knows yet: references of messages, and effects that have none. */
  readonly unrecorded = new Set<string>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Adds a line that nobody in the chat sees. */
  note(seen: Seen): void {
    appendFileSync(this.#file, `${JSON.stringify(seen)}\n`);
  }

  get seen(): readonly Seen[] {
    return linesOf<Seen>(this.#file);
  }

  show(_place: Place, slot: string, message: Message, previous: MessageRef | null): Promise<MessageRef> {
    const ref = previous ?? `line ${this.seen.length + 1}`;
    if (previous === null) this.unrecorded.add(ref);
    return this.#write({ slot, message, ref, previous }, ref);
  }

  async attach(_place: Place, files: readonly Attachment[]): Promise<void> {
    for (const { name } of files) {
      this.unrecorded.add(recordOf(name));
      await this.#write({ file: name }, null);
    }
  }

  whisper(_place: Place, to: Person, sentence: string): Promise<void> {
    this.unrecorded.add('whisper');
    return this.#write({ whisper: sentence, to }, undefined);
  }

  #write<T>(seen: Seen, answer: T): Promise<T> {
    this.note(seen);
    return Promise.resolve(answer);
  }
}

/** The lines of a file, each as JSON; none where there is no file. */
export function linesOf<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
