export type { AuditVerdict } from './audit.ts';
export { openJournal, type SqlJournal, verifyAudit } from './open.ts';
