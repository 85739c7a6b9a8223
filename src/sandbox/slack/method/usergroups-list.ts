import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/usergroups.list */
export const usergroupsList: Method = {
  name: 'usergroups.list',
  token: 'bot',
  scopes: ['usergroups:read'],
  tier: 2,
  takes: ['include_count', 'include_disabled', 'include_users'],
  run: (args, { workspace }) => ({
    usergroups: workspace.groups.map((group) => ({
      id: group.id,
      team_id: workspace.team.id,
      is_usergroup: true,
      name: group.name,
      handle: group.handle,
      description: '',
      is_external: false,
      date_delete: 0,
      ...(args.flag('include_users') ? { users: group.users } : {}),
      ...(args.flag('include_count') ? { user_count: group.users.length } : {}),
    })),
  }),
};
