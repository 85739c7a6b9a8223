import { parseArgs } from 'node:util';

/** What `audit` was asked for. `journal` and `checkpoints` fall back to the configuration where they are absent. */
export type AuditRequest =
  | { readonly verb: 'verify'; readonly journal: string | undefined; readonly checkpoints: readonly string[] }
  | {
      readonly verb: 'export';
      readonly journal: string | undefined;
      readonly form: 'json' | 'csv';
      /** Milliseconds since the epoch; 0 for everything. */
      readonly since: number;
    };

/** The journal and the checkpoints that are meant: what was typed, else what is configured. */
export function auditPlace(
  request: AuditRequest,
  configured: () => { journal: { url: string }; audit: { checkpointFile: string | null } },
): { readonly journal: string; readonly checkpoints: readonly string[] } {
  const typed = request.verb === 'verify' ? request.checkpoints : [];
  if (request.journal !== undefined) return { journal: request.journal, checkpoints: typed };
  const { journal, audit } = configured();
  const kept = audit.checkpointFile === null ? [] : [audit.checkpointFile];
  return { journal: journal.url, checkpoints: [...new Set([...kept, ...typed])] };
}

/** Reads the arguments of `audit`; a sentence where they are wrong. */
export function auditRequest([verb, ...args]: readonly string[]): AuditRequest | string {
  if (verb !== 'verify' && verb !== 'export') return 'audit knows two words: verify and export.';
  try {
    return verb === 'verify' ? verifyRequest(args) : exportRequest(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function verifyRequest(args: readonly string[]): AuditRequest {
  const { values } = parseArgs({
    args: [...args],
    options: { journal: { type: 'string' }, checkpoints: { type: 'string', multiple: true } },
  });
  return { verb: 'verify', journal: address(values.journal), checkpoints: values.checkpoints ?? [] };
}

function exportRequest(args: readonly string[]): AuditRequest | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      journal: { type: 'string' },
      since: { type: 'string' },
      json: { type: 'boolean' },
      csv: { type: 'boolean' },
    },
  });
  if (values.json === true && values.csv === true) return 'audit export writes --json or --csv, not both.';
  const since = values.since === undefined ? 0 : timeOf(values.since);
  if (since === null) return '--since wants a day or a time in UTC: 2026-11-20 or 2026-11-20T10:00:00Z.';
  return { verb: 'export', journal: address(values.journal), form: values.csv === true ? 'csv' : 'json', since };
}

/** A bare path is taken for the file of a journal. */
function address(given: string | undefined): string | undefined {
  return given === undefined || given.startsWith('sqlite:') ? given : `sqlite:${given}`;
}

function timeOf(text: string): number | null {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
