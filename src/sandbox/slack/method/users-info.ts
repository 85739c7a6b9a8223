import { userObject } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/users.info */
export const usersInfo: Method = {
  name: 'users.info',
  token: 'bot',
  scopes: ['users:read'],
  tier: 4,
  takes: ['user', 'include_locale'],
  run: (args, { workspace }) => ({ user: userObject(workspace.person(args.need('user')), workspace.team.id) }),
};
