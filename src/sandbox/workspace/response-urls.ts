import { Refusal } from '../refusal.ts';
import { freshSecret } from './fresh-id.ts';

/** A response_url can be used 5 times within 30 minutes (https://docs.slack.dev/interactivity/handling-user-interaction). */
export const responseUses = 5;
export const responseLifeMs = 30 * 60 * 1000;

/** What a response address answers to: who acted, where, and on which message (absent for a slash command). */
export interface ResponseSource {
  readonly user: string;
  readonly channel: string;
  readonly messageTs?: string;
  readonly threadTs?: string;
  readonly ephemeral: boolean;
}

/** Issues response ids and counts their uses. */
export class ResponseUrls {
  readonly #known = new Map<string, { source: ResponseSource; issued: number; left: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(source: ResponseSource): string {
    const id = freshSecret();
    this.#known.set(id, { source, issued: this.#now(), left: responseUses });
    return id;
  }

  /** Spends one use. Refuses with `expired_url` or `used_url`; an unknown id is `no_such_url`. */
  use(id: string): ResponseSource {
    const known = this.#known.get(id);
    if (known === undefined) throw new Refusal('no_such_url');
    if (this.#now() - known.issued > responseLifeMs) throw new Refusal('expired_url');
    if (known.left === 0) throw new Refusal('used_url');
    known.left -= 1;
    return known.source;
  }
}
