import { z } from 'zod';
import type { Pace } from './pace.ts';
import type { CallWeb } from './web.ts';

const members = z.object({ users: z.array(z.string()) });

/** The user groups among those that may approve; who is in them is asked anew at each decision. */
export class Groups {
  readonly #call: CallWeb;
  readonly #pace: Pace;
  readonly #ids: readonly string[];

  constructor(parts: { readonly call: CallWeb; readonly pace: Pace; readonly approvers: readonly string[] }) {
    this.#call = parts.call;
    this.#pace = parts.pace;
    this.#ids = parts.approvers.filter((id) => id.startsWith('S'));
  }

  /**
   * Ids of the groups that this person is in at this moment. Throws Refused or NoAnswer when Slack does not say it of every
   * one: then nobody may rely on it. A group that is disabled has no members for Slack.
   */
  async of(person: string): Promise<readonly string[]> {
    const each = await Promise.all(
      this.#ids.map(async (usergroup) => {
        const said = await this.#pace.call('usergroups.users.list', () =>
          this.#call('usergroups.users.list', { usergroup }),
        );
        return members.parse(said).users.includes(person) ? [usergroup] : [];
      }),
    );
    return each.flat();
  }
}
