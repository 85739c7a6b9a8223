import { Refusal } from '../refusal.ts';
import { freshSecret } from './fresh-id.ts';

/** A trigger lives 3 s and opens one view (https://docs.slack.dev/interactivity/handling-user-interaction). */
export const triggerLifeMs = 3000;

interface Trigger {
  readonly user: string;
  readonly issued: number;
  used: boolean;
}

/** Issues trigger ids and lets each be exchanged once, in time. */
export class Triggers {
  readonly #known = new Map<string, Trigger>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(user: string): string {
    const id = `${this.#now()}.${freshSecret().slice(0, 12)}`;
    this.#known.set(id, { user, issued: this.#now(), used: false });
    return id;
  }

  /** Uses the trigger up and says whose it was. Refuses with the code Slack gives for unknown, late and used ones. */
  exchange(id: string): string {
    const trigger = this.#known.get(id);
    if (trigger === undefined) throw new Refusal('invalid_trigger_id');
    if (trigger.used) throw new Refusal('exchanged_trigger_id');
    if (this.#now() - trigger.issued > triggerLifeMs) throw new Refusal('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }
}
