import {
  type AuditRow,
  type Digest,
  type Effect,
  type Event,
  type IncidentState,
  sha256,
} from '../../src/model/index.ts';
import { type Advance, type Clock, type Journal, JournalError, type LeasedEffect } from '../../src/port.ts';

interface Waiting {
  readonly incident: string;
  readonly effect: Effect;
  readonly order: number;
  due: number;
  since: number;
  worker: string | null;
  leaseUntil: number | null;
  fence: number;
  attempt: number;
  ended: boolean;
}

interface Inbound {
  readonly key: string;
  readonly payload: string | null;
  readonly at: number;
  used: boolean;
  handled: boolean;
}

/** A journal in memory, as faithful as the contract asks. What goes in and out is copied, as a database would. */
export function fakeJournal(_clock?: Pick<Clock, 'now'>): Journal {
  const incidents = new Map<string, { version: number; state: IncidentState; opened: number }>();
  const events = new Map<string, Event[]>();
  const effects: Waiting[] = [];
  const inbox = new Map<string, Inbound>();
  const audit: AuditRow[] = [];
  const blobs = new Map<Digest, Uint8Array>();
  let closed = false;

  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const held = (incident: string, key: string, fence: number): Waiting | undefined =>
    effects.find(
      (row) =>
        row.incident === incident && row.effect.key === key && row.fence === fence && row.worker !== null && !row.ended,
    );
  const free = (row: Waiting): void => {
    row.worker = null;
    row.leaseUntil = null;
  };
  const answer = async <T>(work: () => T): Promise<T> => {
    if (closed) throw new JournalError('The journal in memory did not answer: it is closed.');
    return work();
  };

  const advance = (step: Advance) => {
    if (step.inbox !== undefined && inbox.get(step.inbox)?.used === true) return 'seen';
    const ending = step.ends === undefined ? undefined : held(step.incident, step.ends.key, step.ends.fence);
    if (step.ends !== undefined && ending === undefined) return 'fenced';
    if ((incidents.get(step.incident)?.version ?? 0) !== step.from) return 'stale';
    const keys = new Set(effects.filter((row) => row.incident === step.incident).map((row) => row.effect.key));
    for (const { key } of step.effects) {
      if (keys.has(key)) {
        throw new JournalError(`Incident ${step.incident} made the effect ${key} twice; nothing was written.`);
      }
      keys.add(key);
    }
    if (step.inbox !== undefined) {
      const there = inbox.get(step.inbox);
      if (there) there.used = true;
      else inbox.set(step.inbox, { key: step.inbox, payload: null, at: step.event.at, used: true, handled: false });
    }
    if (ending !== undefined) {
      ending.ended = true;
      free(ending);
    }
    incidents.set(step.incident, {
      version: step.from + 1,
      state: copy(step.state),
      opened: incidents.get(step.incident)?.opened ?? step.event.at,
    });
    audit.push(...copy(step.audit));
    events.set(step.incident, [...(events.get(step.incident) ?? []), copy(step.event)]);
    for (const effect of step.effects) {
      effects.push({
        incident: step.incident,
        effect: copy(effect),
        order: effects.length,
        due: effect.do === 'wake' ? effect.at : 0,
        since: effect.do === 'wake' ? effect.at : step.event.at,
        worker: null,
        leaseUntil: null,
        fence: 0,
        attempt: 0,
        ended: false,
      });
    }
    return 'written';
  };

  const lease = (worker: string, now: number, ttlMs: number, limit: number): readonly LeasedEffect[] =>
    effects
      .filter((row) => !row.ended && row.due <= now && (row.leaseUntil === null || row.leaseUntil <= now))
      .toSorted((a, b) => a.since - b.since || a.order - b.order)
      .slice(0, limit)
      .map((row) => {
        row.worker = worker;
        row.leaseUntil = now + ttlMs;
        row.fence += 1;
        row.attempt += 1;
        return { incident: row.incident, effect: copy(row.effect), fence: row.fence, attempt: row.attempt };
      });

  const change = (row: Waiting | undefined, apply: (row: Waiting) => void): boolean => {
    if (row !== undefined) apply(row);
    return row !== undefined;
  };

  return {
    advance: (step) => answer(() => advance(step)),
    load: (incident) =>
      answer(() => {
        const row = incidents.get(incident);
        return row === undefined ? null : { incident, version: row.version, state: copy(row.state) };
      }),
    open: () =>
      answer(() =>
        [...incidents]
          .filter(([, row]) => row.state.life !== 'closed')
          .toSorted(([a, one], [b, two]) => one.opened - two.opened || (a < b ? -1 : 1))
          .map(([incident, row]) => ({ incident, version: row.version, state: copy(row.state) })),
      ),
    latest: (limit) =>
      answer(() =>
        [...incidents]
          .toSorted(([a, one], [b, two]) => two.opened - one.opened || (a < b ? 1 : -1))
          .slice(0, limit)
          .map(([incident, row]) => ({ incident, version: row.version, state: copy(row.state) })),
      ),
    events: (incident) => answer(() => copy(events.get(incident) ?? [])),
    lease: (worker, now, ttlMs, limit) => answer(() => lease(worker, now, ttlMs, limit)),
    end: (incident, key, fence) =>
      answer(() =>
        change(held(incident, key, fence), (row) => {
          row.ended = true;
          free(row);
        }),
      ),
    release: (incident, key, fence, due) =>
      answer(() =>
        change(held(incident, key, fence), (row) => {
          row.due = due;
          row.since = due;
          free(row);
        }),
      ),
    renew: (incident, key, fence, until) =>
      answer(() =>
        change(held(incident, key, fence), (row) => {
          row.leaseUntil = until;
        }),
      ),
    nextDue: (now) =>
      answer(() => {
        const times = effects
          .filter((row) => !row.ended)
          .map((row) => row.leaseUntil ?? row.due)
          .filter((at) => at > now);
        return times.length === 0 ? null : Math.min(...times);
      }),
    receive: (key, payload, at) =>
      answer(() => {
        if (inbox.has(key)) return false;
        inbox.set(key, { key, payload, at, used: false, handled: false });
        return true;
      }),
    unhandled: () =>
      answer(() =>
        [...inbox.values()]
          .filter((row) => !row.handled && row.payload !== null)
          .toSorted((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
          .map(({ key, payload, at }) => ({ key, payload: payload ?? '', at })),
      ),
    handled: (key) =>
      answer(() => {
        const row = inbox.get(key);
        if (row) row.handled = true;
      }),
    keep: (_kind, bytes) =>
      answer(() => {
        const digest = sha256(bytes);
        blobs.set(digest, bytes.slice());
        return digest;
      }),
    bytes: (digest) => answer(() => blobs.get(digest)?.slice() ?? null),
    audit: (incident) => answer(() => copy(audit.filter((row) => row.incident === incident))),
    note: (row) => answer(() => void audit.push(copy(row))),
    close: async () => {
      closed = true;
    },
  };
}
