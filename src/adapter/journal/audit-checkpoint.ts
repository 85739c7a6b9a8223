import type { AuditHead } from './audit-row.ts';
import type { AuditComplaint } from './audit-walk.ts';

/** What was true of the audit at some time, kept where whoever owns the journal cannot change it. */
export interface AuditCheckpoint extends AuditHead {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A checkpoint as it was found: where, for people. */
export interface FoundCheckpoint extends AuditCheckpoint {
  readonly where: string;
}

/** One line of a checkpoint file, without its end. */
export function checkpointLine({ seq, hash, at }: AuditCheckpoint): string {
  return JSON.stringify({ netdiag: 'audit-checkpoint', version: 1, seq, hash, time: new Date(at).toISOString() });
}

/** The same as a plain message; `readCheckpoints` knows it again when it is copied into a file. */
export function checkpointMessage({ seq, hash, at }: AuditCheckpoint): string {
  return `netdiag audit checkpoint: row ${seq}, hash ${hash}, ${new Date(at).toISOString()}`;
}

const MESSAGE =
  /netdiag audit checkpoint: row (\d{1,15}), hash ([0-9a-f]{64}), (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/;

/** The checkpoints of a file, and a complaint for each line that is none. `file` is its name for people. */
export function readCheckpoints(
  file: string,
  text: string,
): { readonly checkpoints: readonly FoundCheckpoint[]; readonly complaints: readonly AuditComplaint[] } {
  const checkpoints: FoundCheckpoint[] = [];
  const complaints: AuditComplaint[] = [];
  let highest = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = `line ${index + 1} of ${file}`;
    const read = readLine(line);
    if (read === null) {
      complaints.push({ seq: highest, sentence: `${cased(where)} is not a checkpoint: it was changed or cut off.` });
      continue;
    }
    if (read.seq < highest) {
      const sentence = `${cased(where)} speaks of row ${read.seq} after row ${highest}: the journal went back, or the file was changed.`;
      complaints.push({ seq: read.seq, sentence });
    }
    highest = Math.max(highest, read.seq);
    checkpoints.push({ ...read, where });
  }
  return { checkpoints, complaints };
}

function readLine(line: string): AuditCheckpoint | null {
  const [, seq, hash, time] = MESSAGE.exec(line) ?? [];
  if (seq !== undefined && hash !== undefined && time !== undefined) return checked(Number(seq), hash, time);
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { netdiag, version, ...told } = read as Record<string, unknown>;
  if (netdiag !== 'audit-checkpoint' || version !== 1) return null;
  return checked(told['seq'], told['hash'], told['time']);
}

function checked(seq: unknown, hash: unknown, time: unknown): AuditCheckpoint | null {
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return null;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || typeof time !== 'string') return null;
  const at = Date.parse(time);
  return Number.isNaN(at) ? null : { seq, hash, at };
}

/** Holds checkpoints against the rows of the journal. `hashOf` gives the hash of a row; `null` where there is none. */
export async function compareCheckpoints(
  checkpoints: readonly FoundCheckpoint[],
  last: AuditHead,
  hashOf: (seq: number) => Promise<string | null>,
): Promise<readonly AuditComplaint[]> {
  const complaints: AuditComplaint[] = [];
  for (const { seq, hash, at, where } of checkpoints) {
    const witnessed = `${new Date(at).toISOString()} (${where})`;
    if (seq > last.seq) {
      const rows = last.seq + 1 === seq ? `row ${seq}` : `rows ${last.seq + 1} to ${seq}`;
      const sentence = `The audit was cut off after row ${last.seq}: ${rows} existed at ${witnessed}.`;
      complaints.push({ seq: last.seq + 1, sentence });
    } else if ((await hashOf(seq)) !== hash) {
      const sentence = `The audit was rewritten: row ${seq} is not the row ${seq} that existed at ${witnessed}.`;
      complaints.push({ seq, sentence });
    }
  }
  return complaints;
}

function cased(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
