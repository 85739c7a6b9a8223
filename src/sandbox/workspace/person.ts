/** Somebody with a user id: a member, a guest, or a bot. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly role: 'requester' | 'approver' | 'bystander' | 'guest' | 'bot';
  /** Can be chosen under "Signed in as" on the page. */
  readonly signsIn: boolean;
  readonly deleted: boolean;
}

export const botUserId = 'UNETDIAG1';
export const botId = 'BNETDIAG1';
export const appId = 'ANETDIAG1';
export const slackbotId = 'USLACKBOT';

/** The people of the practice workspace; ids are fixed so that tests and configurations can name them. */
export const everybody: readonly Person[] = [
  member('UONCALL01', 'on-call', 'Ona On-Call', 'requester'),
  member('USECOND01', 'second', 'Sam Second', 'approver'),
  member('UTHIRD001', 'third', 'Thea Third', 'approver'),
  member('UBYSTAND1', 'bystander', 'Bo Bystander', 'bystander'),
  { ...member('UGUEST001', 'guest', 'Gil Guest', 'guest'), signsIn: false },
  { ...member('ULEFT0001', 'left', 'Lee Left', 'bystander'), signsIn: false, deleted: true },
  { ...member(botUserId, 'netdiag', 'netdiag', 'bot'), signsIn: false },
  { ...member(slackbotId, 'slackbot', 'Slackbot', 'bot'), signsIn: false },
];

function member(id: string, name: string, realName: string, role: Person['role']): Person {
  return { id, name, realName, role, signsIn: true, deleted: false };
}

/** The user object as `users.info` and `users.list` give it (https://docs.slack.dev/reference/objects/user-object). */
export function userObject(person: Person, team: string): Readonly<Record<string, unknown>> {
  return {
    id: person.id,
    team_id: team,
    name: person.name,
    deleted: person.deleted,
    real_name: person.realName,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      team,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.role === 'guest',
    is_ultra_restricted: false,
    is_bot: person.role === 'bot' && person.id !== slackbotId,
    is_app_user: false,
    updated: 1_700_000_000,
  };
}
