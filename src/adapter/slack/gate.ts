import type { Clock } from '../../port.ts';
import { say } from './words.ts';

/** Slack asked for a pause before the next call of this method. */
export class TooMany extends Error {
  override readonly name = 'TooMany';
  readonly waitMs: number;
  constructor(waitMs: number) {
    super(say.slack.wait(waitMs));
    this.waitMs = waitMs;
  }
}

/** Slack did not answer, or answered that it failed; whether the call took effect is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** At most `calls` calls within any `ms`. */
export interface Allowance {
  readonly calls: number;
  readonly ms: number;
}

/** Lets calls of one method through in the order they came, no more than allowed, and none while Slack wants a pause. */
export class Gate {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  readonly #stop: AbortSignal;
  #passed: number[] = [];
  #closedUntil = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock, allowance: Allowance, stop: AbortSignal) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#stop = stop;
  }

  /** Calls let through within the time that the allowance speaks of. */
  get passed(): number {
    const now = this.#clock.now();
    return this.#passed.filter((at) => now - at < this.#allowance.ms).length;
  }

  /** Resolves when the next call may be made; rejects when everything stops. */
  async pass(): Promise<void> {
    const turn = this.#last.then(() => this.#wait());
    this.#last = turn.catch(() => {});
    return turn;
  }

  close(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + ms);
  }

  async #wait(): Promise<void> {
    for (;;) {
      if (this.#stop.aborted) throw new NoAnswer(say.slack.stopping);
      const now = this.#clock.now();
      this.#passed = this.#passed.filter((at) => now - at < this.#allowance.ms);
      const oldest = this.#passed[0];
      const full = oldest !== undefined && this.#passed.length >= this.#allowance.calls;
      const wait = Math.max(full ? oldest + this.#allowance.ms - now : 0, this.#closedUntil - now);
      if (wait <= 0) return void this.#passed.push(now);
      await this.#clock.sleep(wait, this.#stop);
    }
  }
}
