import type { JsonObject } from '../json.ts';
import { listOf, textOf } from '../json.ts';
import { freshBlockId, freshId } from './fresh-id.ts';
import { appId, botId } from './person.ts';

/** A modal or a Home tab as it is shown to one user. `previous` is the modal below it. */
export interface View {
  readonly id: string;
  readonly user: string;
  readonly given: JsonObject;
  readonly hash: string;
  readonly previous: string | undefined;
  readonly root: string;
}

/** How many modals lie on each other at most (https://docs.slack.dev/surfaces/modals). */
export const stackDepth = 3;

/** A new view with an id and a hash of its own. */
export function newView(given: JsonObject, user: string, hash: string, below?: View): View {
  const id = freshId('V');
  return { id, user, given: withIds(given), hash, previous: below?.id, root: below?.root ?? id };
}

/** The view object (https://docs.slack.dev/reference/views); `values` is what the user has entered. */
export function viewObject(view: View, team: string, values: JsonObject = {}): JsonObject {
  return {
    callback_id: '',
    private_metadata: '',
    external_id: '',
    clear_on_close: false,
    notify_on_close: false,
    submit: null,
    close: null,
    ...view.given,
    id: view.id,
    team_id: team,
    app_id: appId,
    bot_id: botId,
    hash: view.hash,
    previous_view_id: view.previous ?? null,
    root_view_id: view.root,
    state: { values },
  };
}

/** The view with a block_id on every block, as Slack gives one to blocks that came without. */
export function withIds(given: JsonObject): JsonObject {
  return { ...given, blocks: blocksWithIds(listOf(given['blocks'])) };
}

/** The blocks, each with a block_id, and each element of actions, inputs and accessories with an action_id. */
export function blocksWithIds(blocks: readonly unknown[]): JsonObject[] {
  return blocks.map((block) => {
    const given = block as JsonObject;
    const filled: Record<string, unknown> = { ...given, block_id: textOf(given, 'block_id') ?? freshBlockId() };
    if (given['type'] === 'actions' || given['type'] === 'context_actions')
      filled['elements'] = listOf(given['elements']).map(withActionId);
    if (given['type'] === 'card' && given['actions'] !== undefined)
      filled['actions'] = listOf(given['actions']).map(withActionId);
    if (given['type'] === 'carousel') filled['elements'] = blocksWithIds(listOf(given['elements']));
    if (given['accessory'] !== undefined) filled['accessory'] = withActionId(given['accessory']);
    if (given['type'] === 'input') filled['element'] = withActionId(given['element']);
    if (given['type'] === 'container') filled['child_blocks'] = blocksWithIds(listOf(given['child_blocks']));
    return filled;
  });
}

function withActionId(element: unknown): JsonObject {
  const given = element as JsonObject;
  if (given['type'] === 'image') return given;
  return { ...given, action_id: textOf(given, 'action_id') ?? freshBlockId() };
}
