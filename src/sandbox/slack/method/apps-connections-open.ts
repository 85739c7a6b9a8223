import { Refusal } from '../../refusal.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/apps.connections.open */
export const appsConnectionsOpen: Method = {
  name: 'apps.connections.open',
  token: 'app',
  scopes: ['connections:write'],
  tier: 3,
  takes: [],
  run: (_args, desk) => {
    if (desk.workspace.chaos.refuseOpen) throw new Refusal('invalid_auth');
    return { url: desk.openConnection() };
  },
};
