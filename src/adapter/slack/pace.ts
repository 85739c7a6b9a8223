import type { Clock } from '../../port.ts';
import type { Allowance } from './gate.ts';
import { Gate, NoAnswer, TooMany } from './gate.ts';

/** chat.update: Tier 3 is 50 a minute for all incidents together; 40 leaves room for a second process at a restart. */
export const updating: Allowance = { calls: 40, ms: 60_000 };
/**
 * Least time between two updates of one message, in ms: nobody reads faster, and what changes meanwhile goes together.
 * It grows with the updates of the last minute, so that many incidents share the rate and none has to wait long.
 */
export const calm = 800;
/** Updates a minute from which on the pause grows. */
const easy = 5;
/** chat.postMessage: about one a second in each channel, with short bursts. */
export const posting: Allowance = { calls: 5, ms: 5500 };
/** Everything else here is Tier 3 or 4. */
export const other: Allowance = { calls: 40, ms: 60_000 };

interface Line {
  send: () => Promise<unknown>;
  waiting: { readonly resolve: (value: unknown) => void; readonly reject: (problem: unknown) => void }[];
}

/** Pauses before an update is tried again that Slack did not answer, in ms; updates may be repeated, posts may not. */
const again = [1000, 2000, 4000, 8000] as const;

/**
 * Decides when each call to Slack is made. Posts of one channel keep their order; of several updates of one message only
 * the newest is sent; a pause that Slack asks for one method delays no other. Every call ends in the end, unless `stop`.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #stop: AbortSignal;
  readonly #gates = new Map<string, Gate>();
  readonly #channels = new Map<string, Promise<unknown>>();
  readonly #lines = new Map<string, Line>();
  readonly #open = new Set<Promise<unknown>>();

  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.#stop = stop;
  }

  /** Posts after everything that was posted to the channel before. `send` throws TooMany when nothing was posted. */
  post<T>(channel: string, send: () => Promise<T>): Promise<T> {
    const gate = this.#gate(`chat.postMessage ${channel}`, posting);
    const turn = (this.#channels.get(channel) ?? Promise.resolve()).then(() => through(gate, send));
    this.#channels.set(
      channel,
      turn.catch(() => {}),
    );
    return this.#kept(turn);
  }

  /** Updates one message. Resolves once this state or a newer one is shown, with what that `send` gave. */
  update<T>(message: string, send: () => Promise<T>): Promise<T> {
    return this.#coalesced('chat.update', updating, message, send);
  }

  #coalesced<T>(method: string, allowance: Allowance, message: string, send: () => Promise<T>): Promise<T> {
    const turn = new Promise<unknown>((resolve, reject) => {
      const line = this.#lines.get(message);
      if (line !== undefined) {
        line.send = send;
        line.waiting.push({ resolve, reject });
        return;
      }
      const fresh: Line = { send, waiting: [{ resolve, reject }] };
      this.#lines.set(message, fresh);
      void this.#run(this.#gate(method, allowance), message, fresh);
    });
    return this.#kept(turn as Promise<T>);
  }

  /** Publishes one person's Home tab, with the same promise as `update`. */
  publish<T>(person: string, send: () => Promise<T>): Promise<T> {
    return this.#coalesced('views.publish', other, `home ${person}`, send);
  }

  /** At once, whatever else waits: for what is worth nothing later. Throws TooMany as well. */
  now<T>(send: () => Promise<T>): Promise<T> {
    return this.#kept(send());
  }

  /** Any other method. */
  call<T>(method: string, send: () => Promise<T>): Promise<T> {
    return this.#kept(through(this.#gate(method, other), send));
  }

  /** Resolves when no call is waiting or under way. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  async #run(gate: Gate, message: string, line: Line): Promise<void> {
    let failures = 0;
    while (line.waiting.length > 0) {
      let served: Line['waiting'] = [];
      try {
        await gate.pass();
        served = line.waiting.splice(0);
        const shown = await line.send();
        for (const one of served) one.resolve(shown);
        failures = 0;
        await this.#clock.sleep(calm * Math.max(1, gate.passed / easy), this.#stop);
      } catch (problem) {
        const pause = problem instanceof NoAnswer && !this.#stop.aborted ? again[failures++] : undefined;
        if (problem instanceof TooMany) gate.close(problem.waitMs);
        else if (pause === undefined) for (const one of [...served, ...line.waiting.splice(0)]) one.reject(problem);
        if (problem instanceof TooMany || pause !== undefined) line.waiting.unshift(...served);
        if (pause !== undefined) await this.#clock.sleep(pause, this.#stop);
      }
    }
    this.#lines.delete(message);
  }

  #gate(name: string, allowance: Allowance): Gate {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const fresh = new Gate(this.#clock, allowance, this.#stop);
    this.#gates.set(name, fresh);
    return fresh;
  }

  #kept<T>(turn: Promise<T>): Promise<T> {
    this.#open.add(turn);
    const gone = (): void => void this.#open.delete(turn);
    turn.then(gone, gone);
    return turn;
  }
}

async function through<T>(gate: Gate, send: () => Promise<T>): Promise<T> {
  for (;;) {
    await gate.pass();
    try {
      return await send();
    } catch (problem) {
      if (!(problem instanceof TooMany)) throw problem;
      gate.close(problem.waitMs);
    }
  }
}
