import { Refusal } from '../../refusal.ts';
import { replaceView } from '../../workspace/view-stack.ts';
import { newView, viewObject, withIds } from '../../workspace/view.ts';
import { passedView } from '../check-blocks.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/views.publish */
export const viewsPublish: Method = {
  name: 'views.publish',
  token: 'bot',
  scopes: [],
  tier: 4,
  takes: ['user_id', 'view', 'hash'],
  run: (args, { workspace }) => {
    if (!workspace.manifest.homeTab) throw new Refusal('not_enabled');
    const user = workspace.person(args.need('user_id')).id;
    const given = passedView(workspace, args.structure('view', 'invalid_arguments'), 'home', 'views.publish');
    const before = workspace.views.get(workspace.homes.get(user) ?? '');
    const hash = args.text('hash');
    if (before && hash !== undefined && hash !== before.hash) throw new Refusal('hash_conflict');
    const next = workspace.timestamps.next();
    const view = before ? { ...before, given: withIds(given), hash: next } : newView(given, user, next);
    workspace.homes.set(user, view.id);
    replaceView(workspace, view);
    return { view: viewObject(view, workspace.team.id) };
  },
};
