import type { Effect, Happening } from '../model/index.ts';
import { JournalError } from '../port.ts';
import type { LeasedEffect } from '../port.ts';
import { take } from './advance.ts';
import { perform as doOne } from './deed/index.ts';
import { failed, gaveUp } from './gave-up.ts';
import { portsFor } from './ports.ts';
import type { Workplace } from './ports.ts';

/** How long a lease lasts unless it is renewed: after a crash, work goes on this much later. */
const LEASE_MS = 6_000;
/** Effects under way at once, over all incidents; each holds at most three connections. */
const AT_ONCE = 16;
/** Messages, which may have to wait for the chat; they take no room from what nodes are waiting for. */
const TALK: ReadonlySet<Effect['do']> = new Set(['show', 'attach', 'export', 'whisper']);
const TALK_AT_ONCE = 200;
/** Longest pause between two looks at the journal when nothing wakes the worker. */
const IDLE_MS = 1_000;
/**
 * A deed that fails by surprise is tried again this often, then reported. Messages outlast an hour without Slack, for the first
 * one makes the thread; an attempt to settle a fix lasts minutes itself; a Kubernetes step outlasts an API server that restarts.
 */
const TRIES = 5;
const TRIES_OF: Partial<Record<Effect['do'], number>> = {
  show: 130,
  attach: 130,
  export: 130,
  settle: 10,
  prepare: 12,
  'cluster-step': 12,
};

/** The only loop: leases effects, does them, and feeds what happened back into the fold. */
export interface Worker {
  /** Looks for work now instead of at the next pause. */
  nudge(): void;
  /** Resolves when nothing is under way and nothing is due. */
  drain(): Promise<void>;
  /** Takes no new work, waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Starts the loop. Effects left by a process that died are taken over when their lease runs out, `leaseMs` milliseconds
 * after it was last renewed.
 */
export function startWorker(ports: Workplace, { leaseMs = LEASE_MS }: { readonly leaseMs?: number } = {}): Worker {
  const name = ports.ids.token();
  const underWay = new Map<string, Promise<void>>();
  const lanes = new Map<string, Promise<void>>();
  const held = new Map<string, LeasedEffect>();
  const stopping = new AbortController();
  const drained: (() => void)[] = [];
  let wake = new AbortController();

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      const leased = await leaseSome();
      for (const effect of leased) begin(effect);
      if (leased.length > 0) continue;
      if (underWay.size === 0) drained.splice(0).forEach((resolve) => resolve());
      const due = await nextDue();
      await ports.clock.sleep(
        Math.max(20, Math.min(IDLE_MS, due - ports.clock.now())),
        AbortSignal.any([wake.signal, stopping.signal]),
      );
    }
  };

  const leaseSome = async (): Promise<readonly LeasedEffect[]> => {
    const busy = [...held.values()].filter(({ effect }) => !TALK.has(effect.do)).length;
    const free = Math.min(AT_ONCE - busy, AT_ONCE + TALK_AT_ONCE - held.size);
    if (free <= 0) return [];
    try {
      return await ports.journal.lease(name, ports.clock.now(), leaseMs, free);
    } catch (error) {
      ports.log('error', `The journal did not answer: ${text(error)}`);
      return [];
    }
  };

  const nextDue = async (): Promise<number> => {
    try {
      return (await ports.journal.nextDue(ports.clock.now())) ?? Number.POSITIVE_INFINITY;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  };

  const begin = (leased: LeasedEffect): void => {
    const id = `${leased.incident} ${leased.effect.key}`;
    const mine = held.has(id);
    held.set(id, leased);
    // This process slept past its own lease: what it began is still under way, and ends under the new fence.
    if (mine) return;
    const lane = laneOf(leased) ?? id;
    const before = lanes.get(lane) ?? Promise.resolve();
    const now = (): LeasedEffect => held.get(id) ?? leased;
    // From now on, not from its turn in the lane: whoever waits must not be taken for dead.
    const renewing = setInterval(() => {
      renew(now()).catch((error: unknown) => ports.log('warn', `A lease could not be renewed: ${text(error)}`));
    }, leaseMs / 3);
    const done = before
      .then(() => perform(now))
      .finally(() => {
        clearInterval(renewing);
        held.delete(id);
        underWay.delete(id);
        if (lanes.get(lane) === done) lanes.delete(lane);
        wake.abort();
      });
    lanes.set(lane, done);
    underWay.set(id, done);
  };

  const renew = ({ incident, effect, fence }: LeasedEffect): Promise<boolean> =>
    ports.journal.renew(incident, effect.key, fence, ports.clock.now() + leaseMs);

  const perform = async (now: () => LeasedEffect): Promise<void> => {
    try {
      // A process that slept past its lease must not do what another one is doing.
      if (!(await renew(now()))) return;
      const happening = await attempt(now());
      await finish(now, happening);
    } catch (error) {
      ports.log('error', `${now().effect.do} failed: ${text(error)}`);
      await retry(now, error).catch((failure: unknown) =>
        ports.log('error', `The journal did not answer: ${text(failure)}`),
      );
    }
  };

  const attempt = async (leased: LeasedEffect): Promise<Happening | null> => {
    const stored = await ports.journal.load(leased.incident);
    if (stored === null) return null;
    return doOne(portsFor(ports, stored.state.cluster), stored.state, leased.effect, leased.attempt);
  };

  /** Records the outcome; once more where the lease was taken anew by this very process in between. */
  const finish = async (now: () => LeasedEffect, happening: Happening | null): Promise<void> => {
    const leased = now();
    const { incident, effect, fence } = leased;
    const recorded =
      happening === null
        ? await ports.journal.end(incident, effect.key, fence)
        : (await take(ports, incident, happening, { ends: leased })).is !== 'fenced';
    if (!recorded && now().fence !== fence) await finish(now, happening);
  };

  /** Tries again later with growing pauses; at last the incident goes on without it and says so. */
  const retry = async (now: () => LeasedEffect, error: unknown): Promise<void> => {
    const leased = now();
    const { effect, attempt } = leased;
    if (attempt < (TRIES_OF[effect.do] ?? TRIES)) {
      const pause = Math.min(30_000, 500 * 2 ** attempt);
      await ports.journal.release(leased.incident, effect.key, leased.fence, ports.clock.now() + pause);
    } else if (TALK.has(effect.do)) {
      await ports.journal.end(leased.incident, effect.key, leased.fence);
    } else {
      await finish(now, gaveUp(effect, text(error))).catch((failure: unknown) => {
        if (failure instanceof JournalError) throw failure;
        return finish(now, failed(effect, text(failure)));
      });
    }
  };

  const running = loop();
  return {
    nudge: () => wake.abort(),
    drain: () =>
      new Promise((resolve) => {
        drained.push(resolve);
        wake.abort();
      }),
    async stop() {
      stopping.abort();
      await running;
      await Promise.allSettled(underWay.values());
    },
  };
}

/**
 * Messages of one thread go out one after the other, in the order in which they were asked for; the live message, which
 * changes often and may have to wait for its turn, holds none of them up. Everything else runs by itself: `null`.
 */
function laneOf({ incident, effect }: LeasedEffect): string | null {
  if (effect.do === 'show') return effect.slot === 'live' ? `${incident} live` : incident;
  return effect.do === 'attach' || effect.do === 'export' ? incident : null;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
