export type { AuditVerdict } from './audit.ts';
export { openJournal, type SqlJournal, verifyAudit } from './open.ts';
export { type AuditWatch, watchAudit } from './audit-watch.ts';
export { type AuditWitness, channelWitness, fileWitness } from './audit-witness.ts';
