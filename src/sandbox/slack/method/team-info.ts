import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/team.info */
export const teamInfo: Method = {
  name: 'team.info',
  token: 'bot',
  scopes: ['team:read'],
  tier: 3,
  takes: ['team', 'domain'],
  run: (_args, { workspace }) => ({ team: { ...workspace.team, email_domain: '', icon: {} } }),
};
