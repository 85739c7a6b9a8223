import { z } from 'zod';
import type { Clock } from '../../port.ts';
import type { Pace } from './pace.ts';
import type { CallWeb } from './web.ts';

const members = z.object({ users: z.array(z.string()) });

/** How long a list of members may be relied on for what is only shown: Slack takes 20 such questions a minute. */
const shownMs = 60_000;

/** The user groups among those that may approve; who is in them is asked anew at each decision. */
export class Groups {
  readonly #call: CallWeb;
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #ids: readonly string[];
  readonly #asked = new Map<string, { readonly at: number; readonly members: Promise<readonly string[]> }>();

  constructor(parts: {
    readonly call: CallWeb;
    readonly pace: Pace;
    readonly clock: Clock;
    readonly approvers: readonly string[];
  }) {
    this.#call = parts.call;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#ids = parts.approvers.filter((id) => id.startsWith('S'));
  }

  /**
   * Ids of the groups that this person is in at this moment. Throws Refused or NoAnswer when Slack does not say it of every
   * one: then nobody may rely on it. A group that is disabled has no members for Slack.
   */
  async of(person: string): Promise<readonly string[]> {
    const each = await Promise.all(this.#ids.map((id) => this.#ask(id)));
    return this.#ids.filter((_, i) => each[i]?.includes(person) === true);
  }

  /** Whether this person was in one of them a minute ago: for what is shown, never for what is decided. Never throws. */
  async lately(person: string): Promise<boolean> {
    const each = await Promise.all(
      this.#ids.map((id) => {
        const known = this.#asked.get(id);
        const fresh = known !== undefined && this.#clock.now() - known.at < shownMs;
        return (fresh ? known.members : this.#ask(id)).catch(() => []);
      }),
    );
    return each.flat().includes(person);
  }

  #ask(usergroup: string): Promise<readonly string[]> {
    const said = this.#pace.call('usergroups.users.list', () => this.#call('usergroups.users.list', { usergroup }));
    const asked = said.then((answer) => members.parse(answer).users);
    this.#asked.set(usergroup, { at: this.#clock.now(), members: asked });
    return asked;
  }
}
