import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type AuditCheckpoint, checkpointLine, checkpointMessage, readCheckpoints } from './audit-checkpoint.ts';
import type { AuditHead } from './audit-row.ts';

/** Where checkpoints are kept besides the journal. */
export interface AuditWitness {
  /** For people, in sentences. */
  readonly name: string;
  /** Rows that may be written before the next checkpoint. */
  readonly everyRows: number;
  /** Milliseconds that a new row may be without a checkpoint. */
  readonly everyMs: number;
  /** Keeps the checkpoint for good; rejects where it could not. */
  keep(checkpoint: AuditCheckpoint): Promise<void>;
  /** The last checkpoint that it kept; `null` where there is none, or it cannot be asked. */
  last(): Promise<AuditCheckpoint | null>;
}

const FILE_ROWS = 20;
const FILE_MS = 60_000;
const CHANNEL_ROWS = 500;
const CHANNEL_MS = 60 * 60_000;

/** Checkpoints in a file that only grows, readable by its owner only: at most a minute, or 20 rows, behind the audit. */
export function fileWitness(path: string): AuditWitness {
  const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return {
    name: path,
    everyRows: FILE_ROWS,
    everyMs: FILE_MS,
    async keep(checkpoint) {
      const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
      try {
        // A line that a crash cut off stays a line of its own.
        await file.appendFile(`${(await endsWhole(path)) ? '' : '\n'}${checkpointLine(checkpoint)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    async last() {
      const file = await open(path, O_RDONLY | O_CREAT | O_NOFOLLOW, 0o600);
      try {
        return readCheckpoints(path, await file.readFile('utf8')).checkpoints.at(-1) ?? null;
      } finally {
        await file.close();
      }
    },
  };
}

async function endsWhole(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    if (size === 0) return true;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 0x0a;
  } finally {
    await file.close();
  }
}

/** Checkpoints as plain messages, for a channel: at most an hour, or 500 rows, behind the audit. */
export function channelWitness(name: string, say: (sentence: string) => Promise<unknown>): AuditWitness {
  return {
    name,
    everyRows: CHANNEL_ROWS,
    everyMs: CHANNEL_MS,
    async keep(checkpoint) {
      await say(checkpointMessage(checkpoint));
    },
    last: () => Promise.resolve(null),
  };
}

/** What one witness has seen, and how long it has been failing. */
export class WitnessedAudit {
  readonly #witness: AuditWitness;
  #seen: AuditHead | null = null;
  /** When the first row that has no checkpoint yet was noticed. */
  #since: number | null = null;
  #told = false;

  constructor(witness: AuditWitness) {
    this.#witness = witness;
  }

  /** What the witness kept before this start; a sentence where the journal does not contain it. */
  async recall(hashOf: (seq: number) => Promise<string | null>): Promise<string | null> {
    const last = await this.#witness.last();
    if (last === null) return null;
    this.#seen = last;
    if ((await hashOf(last.seq)) === last.hash) return null;
    return (
      `The audit does not contain the checkpoint of row ${last.seq} that ${this.#witness.name} has: it was cut off, rewritten or ` +
      `put back from a copy. Run netdiag audit verify, and keep both as they are.`
    );
  }

  /**
   * Keeps a checkpoint where one is due; `finally` whatever is not kept yet. Gives a sentence, once, where a row has been without
   * one for `LATE_MS` more than it may.
   */
  async look(head: AuditHead, now: number, final = false): Promise<string | null> {
    const seen = this.#seen ?? { seq: 0, hash: '' };
    if (head.seq === seen.seq && (head.seq === 0 || head.hash === seen.hash)) return null;
    this.#since ??= now;
    const { everyRows, everyMs, name } = this.#witness;
    const age = now - this.#since;
    if (!final && this.#seen !== null && head.seq - seen.seq < everyRows && age < everyMs) return null;
    try {
      await this.#witness.keep({ ...head, at: now });
      [this.#seen, this.#since, this.#told] = [head, null, false];
      return null;
    } catch (error) {
      if (this.#told || (!final && age < LATE_MS)) return null;
      this.#told = true;
      const words = error instanceof Error ? error.message : String(error);
      const rows = head.seq - seen.seq;
      const [those, them] = rows === 1 ? ['1 row of the audit has', 'it'] : [`${rows} rows of the audit have`, 'them'];
      return `${those} no checkpoint in ${name}: ${words}. Make it writable; nothing else vouches for ${them}.`;
    }
  }
}

/** A witness may fail for this long before somebody is told. */
export const LATE_MS = 2 * 60_000;
