import type { Clock } from '../../port.ts';
import type { AuditHead } from './audit-row.ts';
import { type AuditWitness, WitnessedAudit } from './audit-witness.ts';

/** How often the end of the audit is looked at: one small query. */
const LOOK_MS = 5_000;

/** Where the audit ends, and what its rows are. */
export interface WatchedJournal {
  auditHead(): Promise<AuditHead>;
  auditHash(seq: number): Promise<string | null>;
}

/** Checkpoints being kept. */
export interface AuditWatch {
  /** Keeps a last checkpoint with every witness. The journal must be open still. */
  stop(): Promise<void>;
}

/**
 * Has witnesses keep checkpoints of the audit, each after the rows that it speaks of. First the journal is compared with the last
 * checkpoint of each witness. `alarm` is given a sentence when one does not fit, or cannot be kept for longer than two minutes.
 */
export async function watchAudit(
  journal: WatchedJournal,
  witnesses: readonly AuditWitness[],
  clock: Pick<Clock, 'now' | 'sleep'>,
  alarm: (sentence: string) => void,
): Promise<AuditWatch> {
  const watched = witnesses.map((witness) => new WitnessedAudit(witness));
  for (const [index, one] of watched.entries()) {
    try {
      const sentence = await one.recall((seq) => journal.auditHash(seq));
      if (sentence !== null) alarm(sentence);
    } catch (error) {
      alarm(`The checkpoints in ${witnesses[index]?.name} cannot be read: ${words(error)}.`);
    }
  }
  let blind = false;
  const look = async (final = false): Promise<void> => {
    try {
      const head = await journal.auditHead();
      const late = await Promise.all(watched.map((one) => one.look(head, clock.now(), final)));
      for (const sentence of late) if (sentence !== null) alarm(sentence);
      blind = false;
    } catch (error) {
      if (!blind) alarm(`The end of the audit cannot be read: ${words(error)}`);
      blind = true;
    }
  };
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await clock.sleep(LOOK_MS, stopping.signal);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
      await look(true);
    },
  };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
