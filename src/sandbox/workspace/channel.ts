import { botUserId } from './person.ts';

/** A conversation of the workspace. `members` changes while it runs. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly kind: 'public' | 'private';
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

/** The conversation object of `conversations.info` (https://docs.slack.dev/reference/objects/conversation-object). */
export function conversationObject(channel: Channel, team: string): Readonly<Record<string, unknown>> {
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
