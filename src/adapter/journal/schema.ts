/** Rows as the database keeps them. JSON is text, so that any database can keep it; times are milliseconds since the epoch. */
export interface Schema {
  /** One row. */
  schema_version: { version: number };
  /** `version` rises by one with each event; `closed` is the time of the event that closed it. */
  incident: {
    id: string;
    version: number;
    life: string;
    state: string;
    opened: number;
    closed: number | null;
  };
  /** `seq` is the version that the event led to. */
  event: { incident: string; seq: number; at: number; event: string };
  effect: EffectRow;
  /** What came from outside. `used` is set by the transition that it caused, `handled` when nothing is left to do. */
  inbox: { key: string; payload: string | null; at: number; used: number | null; handled: number | null };
  audit: AuditChainRow;
  /** One row: how long the audit is and how it ends, so that cutting its tail shows. */
  audit_head: { one: number; seq: number; hash: string };
  blob: { digest: string; kind: string; bytes: Uint8Array; at: number };
}

/** An effect waits while `ended` is null. A worker holds it while `worker` is not null and `lease_until` lies ahead. */
export interface EffectRow {
  incident: string;
  key: string;
  deed: string;
  /** 0: at once. */
  due: number;
  /** Since when it could have run; with `seq` and `nth` it gives the order. */
  since: number;
  seq: number;
  nth: number;
  worker: string | null;
  lease_until: number | null;
  fence: number;
  attempt: number;
  ended: number | null;
}

/** A row of the audit; `hash` covers every other column, `prev` is the hash of the row before. */
export interface AuditChainRow {
  seq: number;
  at: number;
  incident: string;
  by: string;
  what: string;
  detail: string;
  prev: string;
  hash: string;
}
