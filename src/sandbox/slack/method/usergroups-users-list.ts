import { Refusal } from '../../refusal.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/usergroups.users.list */
export const usergroupsUsersList: Method = {
  name: 'usergroups.users.list',
  token: 'bot',
  scopes: ['usergroups:read'],
  tier: 2,
  takes: ['usergroup', 'include_disabled'],
  run: (args, { workspace }) => {
    const wanted = args.need('usergroup');
    const group = workspace.groups.find((one) => one.id === wanted);
    if (group === undefined) throw new Refusal('no_such_subteam');
    return { users: group.users };
  },
};
