import { botId, botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/auth.test */
export const authTest: Method = {
  name: 'auth.test',
  token: 'bot',
  scopes: [],
  tier: 'free',
  takes: [],
  run: (_args, { workspace }) => ({
    url: `${workspace.base}/`,
    team: workspace.team.name,
    user: 'netdiag',
    team_id: workspace.team.id,
    user_id: botUserId,
    bot_id: botId,
    is_enterprise_install: false,
  }),
};
