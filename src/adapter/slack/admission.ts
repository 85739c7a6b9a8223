import { z } from 'zod';
import type { Clock } from '../../port.ts';
import type { Actor, Source } from './inbound.ts';
import type { Pace } from './pace.ts';
import type { CallWeb } from './web.ts';
import { Refused } from './web.ts';
import { say } from './words.ts';

/** How long what Slack said of a person or a channel may be relied on. */
const freshMs = 60_000;
const mostRemembered = 1000;

/** https://docs.slack.dev/reference/objects/user-object */
const user = z.object({
  id: z.string(),
  name: z.string().default(''),
  team_id: z.string().optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  profile: z.object({ display_name: z.string().default('') }).optional(),
});

/** https://docs.slack.dev/reference/objects/conversation-object */
const conversation = z.object({
  is_member: z.boolean().default(false),
  is_im: z.boolean().default(false),
  is_private: z.boolean().default(false),
  is_archived: z.boolean().default(false),
  is_ext_shared: z.boolean().default(false),
  is_pending_ext_shared: z.boolean().default(false),
});

/** https://docs.slack.dev/reference/methods/conversations.members */
const members = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().default('') }).default({ next_cursor: '' }),
});
const mostPages = 10;

/** Let in, with the name that people know; or the sentence that says why not. */
export type Admitted = { readonly in: true; readonly name: string } | { readonly in: false; readonly sentence: string };

interface Remembered {
  readonly until: number;
  /** While Slack is being asked as well, so that many who want to know it ask once. */
  readonly said: Promise<Record<string, unknown>>;
}

/**
 * Decides who may speak to netdiag and where. Slack Connect lets people of other organisations use apps of a shared
 * channel in the same way (https://docs.slack.dev/apis/slack-connect), so the payload alone is never believed.
 */
export class Admission {
  readonly #call: CallWeb;
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #team: string;
  readonly #channels: readonly string[] | null;
  readonly #remembered = new Map<string, Remembered>();

  /** `channels` null: every channel that the bot is in. */
  constructor(parts: {
    readonly call: CallWeb;
    readonly pace: Pace;
    readonly clock: Clock;
    readonly team: string;
    readonly channels: readonly string[] | null;
  }) {
    this.#call = parts.call;
    this.#pace = parts.pace;
    this.#clock = parts.clock;
    this.#team = parts.team;
    this.#channels = parts.channels;
  }

  /** Throws when Slack cannot be asked: then nobody is let in. */
  async admit({ by, place, home }: Source): Promise<Admitted> {
    const where = await this.#channel(place.channel);
    if (where !== null) return { in: false, sentence: where };
    const admitted = await this.person({ by, team: place.team });
    if (!admitted.in || home !== true || (await this.sees(by.id, place.channel))) return admitted;
    return { in: false, sentence: hidden };
  }

  /** Who somebody is and whether netdiag works for them, wherever they are. Throws when Slack cannot be asked. */
  async person({ by, team }: Actor): Promise<Admitted> {
    return this.#person(by.id, team);
  }

  /** Whether somebody may read what stands in a channel: it is public, or they are in it. Throws when Slack cannot be asked. */
  async sees(person: string, channel: string): Promise<boolean> {
    const kind = conversation.parse((await this.#ask('conversations.info', { channel }))['channel']);
    if (!kind.is_private && !kind.is_im && !kind.is_ext_shared) return true;
    let cursor = '';
    for (let page = 0; page < mostPages; page++) {
      const asked = { channel, limit: '1000', ...(cursor === '' ? {} : { cursor }) };
      const said = members.parse(await this.#ask('conversations.members', asked));
      if (said.members.includes(person)) return true;
      cursor = said.response_metadata.next_cursor;
      if (cursor === '') return false;
    }
    return false;
  }

  async #channel(id: string): Promise<string | null> {
    if (this.#channels !== null && !this.#channels.includes(id)) {
      return say.admission.otherChannel;
    }
    try {
      const { is_member: member, ...kind } = conversation.parse(
        (await this.#ask('conversations.info', { channel: id }))['channel'],
      );
      if (kind.is_archived) return say.admission.archived;
      if (kind.is_ext_shared || kind.is_pending_ext_shared) {
        return say.admission.shared;
      }
      return member || kind.is_im ? null : notIn;
    } catch (problem) {
      if (problem instanceof Refused && ['channel_not_found', 'not_in_channel'].includes(problem.code)) return notIn;
      throw problem;
    }
  }

  async #person(id: string, team: string): Promise<Admitted> {
    if (team !== this.#team) return stranger;
    const who = user.parse((await this.#ask('users.info', { user: id }))['user']);
    if (who.is_stranger || (who.team_id !== undefined && who.team_id !== this.#team)) return stranger;
    if (who.deleted) return { in: false, sentence: say.admission.deactivated };
    if (who.is_bot || id === 'USLACKBOT') return { in: false, sentence: say.admission.bot };
    if (who.is_restricted || who.is_ultra_restricted) {
      return { in: false, sentence: say.admission.guest };
    }
    return { in: true, name: who.profile?.display_name === '' ? who.name : (who.profile?.display_name ?? who.name) };
  }

  async #ask(
    method: 'users.info' | 'conversations.info' | 'conversations.members',
    args: Readonly<Record<string, string>>,
  ) {
    const name = `${method} ${Object.values(args).join(' ')}`;
    const known = this.#remembered.get(name);
    if (known !== undefined && known.until > this.#clock.now()) return known.said;
    const said = this.#pace.call(method, () => this.#call(method, args));
    const fresh = { until: this.#clock.now() + freshMs, said };
    this.#remembered.delete(name);
    this.#remembered.set(name, fresh);
    for (const oldest of this.#remembered.keys())
      if (this.#remembered.size > mostRemembered) this.#remembered.delete(oldest);
    try {
      return await said;
    } catch (problem) {
      if (this.#remembered.get(name) === fresh) this.#remembered.delete(name);
      throw problem;
    }
  }
}

const notIn = say.admission.notIn;
const hidden = say.admission.hidden;
const stranger: Admitted = { in: false, sentence: say.admission.stranger };
