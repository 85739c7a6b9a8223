import type { AuditRow, Person } from '../../model/index.ts';

/** Who has stopped all changes. */
export interface Stopped {
  readonly by: Person;
  readonly at: number;
  /** In their own words; empty where they gave none. */
  readonly reason: string;
}

/** The rows of the switch belong to no incident; ids of incidents are hexadecimal digits. */
export const SWITCH = 'changes';
const STOP = 'stopped-changes';
const ALLOW = 'allowed-changes';

/** What pressing the switch writes into the audit; these rows are the switch, so that no file beside the journal can differ. */
export function switched(stop: boolean, by: Person, at: number, reason: string): AuditRow {
  return { at, incident: SWITCH, by: by.id, what: stop ? STOP : ALLOW, detail: JSON.stringify([by.name, reason]) };
}

/** How the switch stands after these rows; `null`: changes may begin. A last row that nobody understands counts as a stop. */
export function switchAfter(rows: readonly AuditRow[]): Stopped | null {
  const last = rows.at(-1);
  if (last === undefined || last.what === ALLOW) return null;
  const [name, reason] = wordsOf(last.detail);
  return { by: { id: last.by, name: name ?? last.by }, at: last.at, reason: reason ?? '' };
}

function wordsOf(detail: string): readonly (string | undefined)[] {
  try {
    const words: unknown = JSON.parse(detail);
    return Array.isArray(words) ? words.map((word: unknown) => (typeof word === 'string' ? word : undefined)) : [];
  } catch {
    return [];
  }
}
