import { textOf } from '../../json.ts';
import { Refusal } from '../../refusal.ts';
import { replaceView } from '../../workspace/view-stack.ts';
import { viewObject, withIds } from '../../workspace/view.ts';
import { passedView } from '../check-blocks.ts';
import type { Method } from '../method-shape.ts';

/** https://docs.slack.dev/reference/methods/views.update; a `hash` that is not the current one is a conflict. */
export const viewsUpdate: Method = {
  name: 'views.update',
  token: 'bot',
  scopes: [],
  tier: 4,
  takes: ['view_id', 'external_id', 'view', 'hash'],
  run: (args, { workspace }) => {
    const external = args.text('external_id');
    const before =
      external === undefined
        ? workspace.views.get(args.need('view_id'))
        : [...workspace.views.values()].find((one) => textOf(one.given, 'external_id') === external);
    if (before === undefined) throw new Refusal('not_found');
    const given = passedView(workspace, args.structure('view', 'invalid_arguments'), 'modal', 'views.update');
    const hash = args.text('hash');
    if (hash !== undefined && hash !== before.hash) throw new Refusal('hash_conflict');
    const view = { ...before, given: withIds(given), hash: workspace.timestamps.next() };
    replaceView(workspace, view);
    return { view: viewObject(view, workspace.team.id) };
  },
};
