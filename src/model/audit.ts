/** One row of the audit, written before the effect it speaks of. */
export interface AuditRow {
  readonly at: number;
  readonly incident: string;
  readonly by: string;
  readonly what: string;
  readonly detail: string;
}
