import { refuseTakenId, showOnTop } from '../../workspace/view-stack.ts';
import { newView, viewObject } from '../../workspace/view.ts';
import { passedView } from '../check-blocks.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/views.open */
export const viewsOpen: Method = {
  name: 'views.open',
  token: 'bot',
  scopes: [],
  tier: 4,
  takes: ['trigger_id', 'view'],
  run: (args, { workspace }) => {
    const given = passedView(workspace, args.structure('view', 'invalid_arguments'), 'modal', 'views.open');
    refuseTakenId(workspace, given);
    const user = workspace.triggers.exchange(args.need('trigger_id'));
    const view = newView(given, user, workspace.timestamps.next());
    showOnTop(workspace, view);
    return { view: viewObject(view, workspace.team.id) };
  },
};
