import { Refusal } from '../../refusal.ts';
import { depthOf, refuseTakenId, showOnTop } from '../../workspace/view-stack.ts';
import { newView, stackDepth, viewObject } from '../../workspace/view.ts';
import { passedView } from '../check-blocks.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/views.push; at most three modals lie on each other. */
export const viewsPush: Method = {
  name: 'views.push',
  token: 'bot',
  scopes: [],
  tier: 4,
  takes: ['trigger_id', 'view'],
  run: (args, { workspace }) => {
    const given = passedView(workspace, args.structure('view', 'invalid_arguments'), 'modal', 'views.push');
    refuseTakenId(workspace, given);
    const user = workspace.triggers.exchange(args.need('trigger_id'));
    const below = workspace.views.get(workspace.topView.get(user) ?? '');
    if (below === undefined) throw new Refusal('not_found');
    if (depthOf(workspace, below) >= stackDepth) throw new Refusal('push_limit_reached');
    const view = newView(given, user, workspace.timestamps.next(), below);
    showOnTop(workspace, view);
    return { view: viewObject(view, workspace.team.id) };
  },
};
