import { readFileSync } from 'node:fs';
import { type AuditReview, pageAfter, reviewAudit } from '../adapter/journal/audit.ts';
import { readCheckpoints } from '../adapter/journal/audit-checkpoint.ts';
import { CSV_HEADER, csvLine, jsonLine } from '../adapter/journal/audit-export.ts';
import { readAudit } from '../adapter/journal/audit-open.ts';
import { readRow } from '../adapter/journal/audit-row.ts';
import { inert } from '../adapter/terminal/inert.ts';
import { glassIn } from './audit-glass.ts';
import type { AuditRequest } from './audit-request.ts';

/** Where the journal and the checkpoints are, as the configuration says. */
export interface AuditPlace {
  /** `sqlite:PATH`. */
  readonly journal: string;
  /** Files of checkpoints; those that are configured are held against the journal without being named. */
  readonly checkpoints: readonly string[];
}

/** Where words go: what was asked for, and what went wrong. */
export interface AuditStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const WHOLE = 0;
const TAMPERED = 1;

/**
 * `netdiag audit`: 0 where the audit is whole, 1 where it is not. The journal is only read, also while netdiag works with it. Throws
 * JournalError where the journal, and an Error where a file of checkpoints cannot be read.
 */
export function audit(request: AuditRequest, place: AuditPlace, streams: AuditStreams): Promise<number> {
  return request.verb === 'verify' ? verify(place, streams) : exported(request, place, streams);
}

async function verify({ journal, checkpoints }: AuditPlace, { out, err }: AuditStreams): Promise<number> {
  const files = checkpoints.map((file) => readCheckpoints(file, textOf(file)));
  const found = files.flatMap((file) => file.checkpoints);
  const [review, glass] = await readAudit(journal, async (db) => [await reviewAudit(db, found), await glassIn(db)]);
  const complaints = [...review.complaints, ...files.flatMap((file) => file.complaints)];
  for (const { sentence } of complaints) err(`${inert(sentence)}\n`);
  if (complaints.length > 0) return TAMPERED;
  out(`${said(review, Math.max(0, ...found.map(({ seq }) => seq)), found.length)}\n`);
  for (const sentence of glass) out(`${sentence}\n`);
  return WHOLE;
}

function said({ head }: AuditReview, covered: number, checkpoints: number): string {
  const chain = `The audit is whole: ${counted(head.seq, 'row')}, the last hash is ${head.hash}.`;
  if (checkpoints === 0) {
    return `${chain} No checkpoints were compared, so nobody but the journal vouches for its end.`;
  }
  const rest = head.seq - covered;
  const after = rest === 0 ? 'up to its last row' : `up to row ${covered}; ${counted(rest, 'row')} after it`;
  return `${chain} ${counted(checkpoints, 'checkpoint')} fit, ${after}.`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

async function exported(
  { form, since }: Extract<AuditRequest, { verb: 'export' }>,
  { journal }: AuditPlace,
  { out, err }: AuditStreams,
): Promise<number> {
  return readAudit(journal, async (db) => {
    if (form === 'csv') out(`${CSV_HEADER}\r\n`);
    for (let after = 0; ;) {
      const page = await pageAfter(db, after);
      for (const found of page) {
        const row = readRow(found);
        after = Number(found.seq);
        // What is no row cannot be written as one; the review below says where it stands.
        if (typeof row === 'string' || row.at < since) continue;
        out(form === 'csv' ? `${csvLine(row)}\r\n` : `${jsonLine(row)}\n`);
      }
      if (page.length === 0 || !Number.isSafeInteger(after)) break;
    }
    const { complaints } = await reviewAudit(db);
    for (const { sentence } of complaints) err(`${inert(sentence)}\n`);
    return complaints.length > 0 ? TAMPERED : WHOLE;
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new Error(
      `The checkpoints ${file} cannot be read (${code}); without them the end of the audit is not checked.`,
      {
        cause: error,
      },
    );
  }
}
