import { Refusal } from '../../refusal.ts';
import { appId, botId, botUserId } from '../../workspace/person.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/bots.info */
export const botsInfo: Method = {
  name: 'bots.info',
  token: 'bot',
  scopes: ['users:read'],
  tier: 3,
  takes: ['bot'],
  run: (args, { workspace }) => {
    if (args.text('bot') !== botId) throw new Refusal('bot_not_found');
    return {
      bot: {
        id: botId,
        app_id: appId,
        user_id: botUserId,
        name: workspace.manifest.appName,
        deleted: false,
        updated: 0,
        icons: {},
      },
    };
  },
};
