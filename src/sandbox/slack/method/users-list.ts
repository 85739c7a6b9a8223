import { userObject } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';
import { page } from '../page.ts';

/** https://docs.slack.dev/reference/methods/users.list */
export const usersList: Method = {
  name: 'users.list',
  token: 'bot',
  scopes: ['users:read'],
  tier: 2,
  takes: ['cursor', 'limit', 'include_locale'],
  run: (args, { workspace }) => {
    const { entries, next } = page([...workspace.people.values()], args);
    return {
      members: entries.map((person) => userObject(person, workspace.team.id)),
      cache_ts: Math.floor(workspace.now() / 1000),
      response_metadata: { next_cursor: next },
    };
  },
};
