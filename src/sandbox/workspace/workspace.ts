import type { Manifest } from '../manifest.ts';
import { Refusal } from '../refusal.ts';
import { Budget } from './budget.ts';
import { directChannel, startingChannels } from './channel.ts';
import type { Channel } from './channel.ts';
import { calm } from './chaos.ts';
import type { Chaos } from './chaos.ts';
import { Feed } from './feed.ts';
import { freshSecret } from './fresh-id.ts';
import type { Message } from './message.ts';
import { botUserId, everybody } from './person.ts';
import type { Person } from './person.ts';
import { Rates } from './rates.ts';
import { ActivityRecord } from './record.ts';
import { ResponseUrls } from './response-urls.ts';
import type { StoredFile } from './stored-file.ts';
import { Timestamps } from './timestamps.ts';
import { Triggers } from './triggers.ts';
import type { View } from './view.ts';

/** A user group and who is in it. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: string[];
}

/** Everything the workspace knows, in memory. `base` is its address, set once it listens. */
export class Workspace {
  readonly team = { id: 'TPRACTICE1', name: 'Practice', domain: 'practice' } as const;
  readonly people = new Map<string, Person>(everybody.map((person) => [person.id, person]));
  readonly channels = new Map<string, Channel>(startingChannels().map((channel) => [channel.id, channel]));
  readonly groups: UserGroup[] = [
    { id: 'SNETONCALL', handle: 'net-oncall', name: 'Network on-call', users: ['USECOND01', 'UTHIRD001'] },
  ];
  readonly files = new Map<string, StoredFile>();
  /** Open modals and Home tabs by view id. */
  readonly views = new Map<string, View>();
  /** The id of the topmost modal of a user. */
  readonly topView = new Map<string, string>();
  /** The id of a user's Home tab. */
  readonly homes = new Map<string, string>();
  readonly feed = new Feed();
  readonly chaos: Chaos = calm();
  readonly botToken = `xoxb-practice-${freshSecret()}`;
  readonly appToken = `xapp-1-practice-${freshSecret()}`;
  readonly signingSecret = freshSecret();
  readonly key = freshSecret();
  base = '';

  readonly manifest: Manifest;
  readonly now: () => number;
  readonly timestamps: Timestamps;
  readonly triggers: Triggers;
  readonly responses: ResponseUrls;
  readonly rates: Rates;
  readonly record: ActivityRecord;
  readonly eventBudget: Budget;
  readonly eventNotices: Budget;
  readonly #statuses = new Map<string, { channel: string; thread: string; text: string; end: NodeJS.Timeout }>();
  readonly #messages = new Map<string, Map<string, Message>>();

  constructor(manifest: Manifest, now: () => number) {
    this.manifest = manifest;
    this.now = now;
    this.timestamps = new Timestamps(now);
    this.triggers = new Triggers(now);
    this.responses = new ResponseUrls(now);
    this.rates = new Rates(now);
    this.record = new ActivityRecord(now);
    this.eventBudget = new Budget(now);
    this.eventNotices = new Budget(now);
    for (const person of this.people.values()) if (person.signsIn) this.direct(person.id);
  }

  /** Every message of a channel, oldest first, ephemeral ones included. */
  messagesOf(channel: string): Message[] {
    return [...(this.#messages.get(channel)?.values() ?? [])];
  }

  message(channel: string, ts: string): Message | undefined {
    return this.#messages.get(channel)?.get(ts);
  }

  /** Stores the message, new or changed, and shows it. */
  put(message: Message): Message {
    const inChannel = this.#messages.get(message.channel) ?? new Map<string, Message>();
    this.#messages.set(message.channel, inChannel);
    const { channel, thread_ts: thread, user } = message;
    const speaks = user === botUserId && thread !== undefined && !inChannel.has(message.ts);
    inChannel.set(message.ts, message);
    if (speaks && this.#statuses.has(`${channel}/${thread}`)) this.showStatus(channel, thread, '', 0);
    this.feed.tell({ kind: 'message', message });
    return message;
  }

  remove(channel: string, ts: string): void {
    this.#messages.get(channel)?.delete(ts);
    this.feed.tell({ kind: 'removed', channel, ts });
  }

  /** Shows what the app is at in a thread until it says something there, clears it, or time is up. */
  showStatus(channel: string, thread: string, text: string, lifeMs: number): void {
    const place = `${channel}/${thread}`;
    clearTimeout(this.#statuses.get(place)?.end);
    this.#statuses.delete(place);
    this.feed.tell({ kind: 'status', channel, thread, text });
    if (text === '') return;
    const end = setTimeout(() => this.showStatus(channel, thread, '', 0), lifeMs).unref();
    this.#statuses.set(place, { channel, thread, text, end });
  }

  /** What the app is at, thread by thread. */
  get statuses(): { channel: string; thread: string; text: string }[] {
    return [...this.#statuses.values()].map(({ channel, thread, text }) => ({ channel, thread, text }));
  }

  person(id: string): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Refusal('user_not_found');
    return person;
  }

  /** The conversation of this person with the app, made when it is not there yet. Refuses bots and people who have left. */
  direct(user: string): Channel {
    const person = this.person(user);
    if (person.role === 'bot' || person.deleted) throw new Refusal('channel_not_found');
    const made = directChannel(user);
    const known = this.channels.get(made.id);
    if (known === undefined) this.channels.set(made.id, made);
    return known ?? made;
  }

  /**
   * The channel by id, `#name` or name; a user's id is the conversation with that user. Refuses with
   * `channel_not_found`; a private one without the app is not found either.
   */
  channel(idOrName: string): Channel {
    if (this.people.has(idOrName)) return this.direct(idOrName);
    const name = idOrName.replace(/^#/, '');
    const found =
      this.channels.get(idOrName) ??
      [...this.channels.values()].find((channel) => name !== '' && channel.name === name);
    if (found === undefined || (found.kind === 'private' && !found.members.has(botUserId)))
      throw new Refusal('channel_not_found');
    return found;
  }

  /**
   * The channel when the app is in it and it is open; otherwise Slack's refusal. `spare` names the scope that makes up
   * for membership in public channels, where there is one: it does for messages, not for files.
   */
  channelToWriteIn(idOrName: string, spare?: string): Channel {
    const channel = this.channel(idOrName);
    const spared = spare !== undefined && channel.kind === 'public' && this.manifest.botScopes.includes(spare);
    if (!channel.members.has(botUserId) && !spared) throw new Refusal('not_in_channel');
    if (channel.archived) throw new Refusal('is_archived');
    return channel;
  }
}
