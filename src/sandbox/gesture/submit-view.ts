import { isObject, listOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { passedView } from '../slack/check-blocks.ts';
import { closeAll, closeTop, depthOf, replaceView, showOnTop, stackOf } from '../workspace/view-stack.ts';
import { newView, stackDepth, viewObject, withIds } from '../workspace/view.ts';
import type { View } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Desk } from './desk.ts';
import { isFilled } from './entry.ts';
import { elementsIn } from './find-element.ts';
import { interactionBase } from './identity.ts';
import type { Outcome } from './run-command.ts';

/**
 * A user submits a modal. `values` is `{block_id: {action_id: {type, value | selected_option}}}`.
 * A required input that is empty keeps Slack's client from sending anything.
 * The acknowledgement says what happens: nothing (the modal closes), errors, update, push or clear
 * (https://docs.slack.dev/surfaces/modals#handling_submissions).
 */
export async function submitView(desk: Desk, user: string, viewId: string, values: JsonObject): Promise<Outcome> {
  const { workspace, courier } = desk;
  const view = ownView(workspace, user, viewId);
  const missing = emptyInputs(view, values);
  if (missing.length > 0) {
    const failure = 'Please complete this required field.';
    workspace.feed.tell({
      kind: 'errors',
      user,
      view: view.id,
      errors: Object.fromEntries(missing.map((id) => [id, failure])),
    });
    return { acked: false, failure };
  }
  const delivery = await courier.deliver({
    type: 'interactive',
    takesPayload: true,
    payload: {
      type: 'view_submission',
      ...interactionBase(workspace, user),
      view: viewObject(view, workspace.team.id, values),
      response_urls: responseUrls(workspace, view, values),
    },
  });
  if (delivery.kind !== 'acked') {
    workspace.record.violation('error', 'no_ack', 'view_submission', 'not acknowledged in time');
    const failure = 'We had some trouble connecting. Try again?';
    workspace.feed.tell({ kind: 'errors', user, view: view.id, errors: { '': failure } });
    return { acked: false, failure };
  }
  try {
    const cleared = textOf(delivery.payload, 'response_action') === 'clear' ? stackOf(workspace, view).slice(1) : [];
    obey(workspace, view, delivery.payload);
    void tellClosed(desk, user, cleared, true);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { acked: true, ms: delivery.ms, payload: delivery.payload, failure: problem.code };
  }
  return { acked: true, ms: delivery.ms, payload: delivery.payload };
}

/** A user closes the topmost modal, or all when it says `clear_on_close`; the app hears of each view that asked for it. */
export async function closeView(desk: Desk, user: string, viewId: string): Promise<void> {
  const { workspace } = desk;
  const view = ownView(workspace, user, viewId);
  const clears = view.given['clear_on_close'] === true;
  const closed = clears ? stackOf(workspace, view) : [view];
  if (clears) closeAll(workspace, user);
  else closeTop(workspace, user);
  await tellClosed(desk, user, closed, clears);
}

async function tellClosed(desk: Desk, user: string, closed: readonly View[], cleared: boolean): Promise<void> {
  const { workspace, courier } = desk;
  for (const view of closed.filter((one) => one.given['notify_on_close'] === true)) {
    await courier.deliver({
      type: 'interactive',
      takesPayload: true,
      payload: {
        type: 'view_closed',
        ...interactionBase(workspace, user),
        view: viewObject(view, workspace.team.id),
        is_cleared: cleared,
      },
    });
  }
}

/** The block ids of required inputs that hold nothing. */
function emptyInputs(view: View, values: JsonObject): string[] {
  const required = listOf(view.given['blocks'])
    .filter(isObject)
    .filter((block) => block['type'] === 'input' && block['optional'] !== true);
  return required
    .map((block) => textOf(block, 'block_id') ?? '')
    .filter((id) => !Object.values(objectOf(values, id)).some(isFilled));
}

/** An address per conversation that was chosen in a select with `response_url_enabled`. */
function responseUrls(workspace: Workspace, view: View, values: JsonObject): JsonObject[] {
  return elementsIn(listOf(view.given['blocks'])).flatMap(({ element, blockId }) => {
    if (element['response_url_enabled'] !== true) return [];
    const actionId = String(element['action_id']);
    const entry = objectOf(objectOf(values, blockId), actionId);
    const channel = textOf(entry, 'selected_conversation') ?? textOf(entry, 'selected_channel');
    if (channel === undefined) return [];
    const id = workspace.responses.issue({ user: view.user, channel, ephemeral: false });
    const address = `${workspace.base}/response/${id}`;
    return [{ response_url: address, block_id: blockId, action_id: actionId, channel_id: channel }];
  });
}

function ownView(workspace: Workspace, user: string, id: string): View {
  const view = workspace.views.get(id);
  if (view === undefined || view.user !== user) throw new Refusal('not_found');
  return view;
}

function obey(workspace: Workspace, view: View, payload: unknown): void {
  const asked = textOf(payload, 'response_action');
  if (asked === undefined) return closeTop(workspace, view.user);
  if (asked === 'clear') return closeAll(workspace, view.user);
  if (asked === 'errors') return showErrors(workspace, view, objectOf(payload, 'errors'));
  const given = passedView(workspace, isObject(payload) ? payload['view'] : undefined, 'modal', 'view_submission ack');
  const hash = workspace.timestamps.next();
  if (asked === 'update') return replaceView(workspace, { ...view, given: withIds(given), hash });
  if (asked !== 'push') throw new Refusal('invalid_response_action');
  if (depthOf(workspace, view) >= stackDepth) throw new Refusal('push_limit_reached');
  showOnTop(workspace, newView(given, view.user, hash, view));
}

function showErrors(workspace: Workspace, view: View, errors: JsonObject): void {
  const inputs = listOf(view.given['blocks']).filter((block) => textOf(block, 'type') === 'input');
  for (const id of Object.keys(errors)) {
    if (inputs.some((block) => textOf(block, 'block_id') === id)) continue;
    workspace.record.violation(
      'error',
      'errors_for_no_input',
      'view_submission ack',
      `${id} is no input block of the view`,
    );
  }
  workspace.feed.tell({ kind: 'errors', user: view.user, view: view.id, errors });
}
