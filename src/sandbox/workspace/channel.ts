import { botUserId } from './person.ts';

/** A conversation of the workspace. `members` changes while it runs. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly kind: 'public' | 'private' | 'direct';
  /** Whose conversation with the app it is, when it is direct. */
  readonly user?: string;
  /** Shared with another organisation through Slack Connect. */
  readonly shared: boolean;
  readonly archived: boolean;
  readonly members: Set<string>;
}

const people = ['UONCALL01', 'USECOND01', 'UTHIRD001', 'UBYSTAND1'];

/** The channels at the start. The app is a member of all but #general. */
export function startingChannels(): Channel[] {
  const base = { kind: 'public', shared: false, archived: false } as const;
  return [
    {
      ...base,
      id: 'CINCIDENTS',
      name: 'incidents',
      purpose: 'Where broken nodes are looked after',
      members: new Set([...people, 'UGUEST001', botUserId]),
    },
    { ...base, id: 'CGENERAL01', name: 'general', purpose: 'The app is not in here', members: new Set(people) },
    {
      ...base,
      id: 'CPLATFORM1',
      name: 'platform-private',
      purpose: 'A private channel with the app',
      kind: 'private',
      members: new Set(['UONCALL01', 'USECOND01', 'UTHIRD001', botUserId]),
    },
    {
      ...base,
      id: 'CPARTNER01',
      name: 'shared-with-partner',
      purpose: 'Shared with another organisation',
      shared: true,
      members: new Set([...people, botUserId]),
    },
  ];
}

/** The conversation of one person with the app; its id is the person's with a D in front. */
export function directChannel(user: string): Channel {
  return {
    id: `D${user.slice(1)}`,
    name: '',
    purpose: 'Between you and the app',
    kind: 'direct',
    user,
    shared: false,
    archived: false,
    members: new Set([user, botUserId]),
  };
}

/** The name that payloads give the conversation: only public channels are named. */
export function nameInPayload(channel: Channel): string {
  return { public: channel.name, private: 'privategroup', direct: 'directmessage' }[channel.kind];
}

/** The conversation object of `conversations.info` (https://docs.slack.dev/reference/objects/conversation-object). */
export function conversationObject(channel: Channel, team: string): Readonly<Record<string, unknown>> {
  if (channel.kind === 'direct') {
    const { id, user, archived } = channel;
    return { id, user, is_im: true, is_channel: false, is_archived: archived, is_open: true, context_team_id: team };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_archived: channel.archived,
    is_general: channel.name === 'general',
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    is_member: channel.members.has(botUserId),
    context_team_id: team,
    created: 1_700_000_000,
    creator: 'UONCALL01',
    num_members: channel.members.size,
    purpose: { value: channel.purpose, creator: '', last_set: 0 },
    topic: { value: '', creator: '', last_set: 0 },
  };
}
