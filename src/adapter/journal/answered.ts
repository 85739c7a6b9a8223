import { setTimeout as pause } from 'node:timers/promises';
import { JournalError } from '../../port.ts';
import type { Dialect } from './dialect.ts';

/** How long another writer may hold the database before the work is given up, milliseconds. */
export const PATIENCE_MS = 5_000;

/**
 * Runs one piece of work with the database, again while another writer holds it: such work has not begun.
 * Whatever else it throws becomes a JournalError with one clear sentence.
 */
export async function answered<T>(
  dialect: Pick<Dialect, 'place' | 'explain' | 'busy'>,
  work: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  for (let wait = 1; ; wait = Math.min(wait * 2, 25)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof JournalError) throw error;
      if (!dialect.busy(error) || performance.now() - begun > PATIENCE_MS) throw said(dialect, error);
    }
    await pause(wait);
  }
}

function said(dialect: Pick<Dialect, 'place' | 'explain'>, error: unknown): JournalError {
  const words = error instanceof Error ? error.message : String(error);
  const sentence = dialect.explain(error) ?? `The journal ${dialect.place} did not answer: ${words}.`;
  return new JournalError(sentence, { cause: error });
}
