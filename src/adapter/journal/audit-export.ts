import type { AuditChainRow } from './schema.ts';

/** Columns in the order of an export. */
export const COLUMNS = ['seq', 'at', 'incident', 'by', 'what', 'detail', 'prev', 'hash'] as const;

/** Everything that a reader cannot see or a terminal obeys. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu;
/** With what a spreadsheet takes a cell for a formula (https://owasp.org/www-community/attacks/CSV_Injection); full-width forms too. */
const FORMULA = /^[=+\-@\t\r\n'\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A row on one line of JSON, members in the order of `COLUMNS`. `hash` is the SHA-256 of the UTF-8 of the other seven as JSON without
 * white space, members sorted by name. What cannot be seen is written as `\uXXXX`, which is the same JSON.
 */
export function jsonLine(row: AuditChainRow): string {
  const ordered = Object.fromEntries(COLUMNS.map((column) => [column, row[column]]));
  return JSON.stringify(ordered).replaceAll(HIDDEN, escape);
}

export const CSV_HEADER = COLUMNS.map((column) => `"${column}"`).join(',');

/**
 * A row of CSV (RFC 4180, every field quoted). A text that a spreadsheet could take for a formula, or that begins with an apostrophe,
 * gets an apostrophe put before it; a backslash is doubled, and what cannot be seen is written as `\uXXXX`.
 */
export function csvLine(row: AuditChainRow): string {
  return COLUMNS.map((column) => field(row[column])).join(',');
}

function field(value: string | number): string {
  const text = String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('\\', '\\\\').replaceAll(HIDDEN, escape).replaceAll('"', '""')}"`;
}

/** In UTF-16 units, as JSON has it. */
function escape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
