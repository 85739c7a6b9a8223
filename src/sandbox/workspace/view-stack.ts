import { textOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../refusal.ts';
import type { View } from './view.ts';
import type { Workspace } from './workspace.ts';

/** Refuses a view whose external_id an open view already has. */
export function refuseTakenId(workspace: Workspace, given: JsonObject): void {
  const id = textOf(given, 'external_id');
  if (id === undefined || id === '') return;
  const taken = [...workspace.views.values()].some((view) => textOf(view.given, 'external_id') === id);
  if (taken) throw new Refusal('duplicate_external_id');
}

/** Shows the view on top of the user's modals. */
export function showOnTop(workspace: Workspace, view: View): void {
  workspace.views.set(view.id, view);
  workspace.topView.set(view.user, view.id);
  workspace.feed.tell({ kind: 'view', user: view.user, view });
}

/** Puts the changed view in the place of the one with its id. */
export function replaceView(workspace: Workspace, view: View): void {
  workspace.views.set(view.id, view);
  if (workspace.topView.get(view.user) === view.id) workspace.feed.tell({ kind: 'view', user: view.user, view });
  if (workspace.homes.get(view.user) === view.id) workspace.feed.tell({ kind: 'home', user: view.user });
}

/** Closes the topmost modal and shows the one below, if there is one. */
export function closeTop(workspace: Workspace, user: string): void {
  const top = workspace.views.get(workspace.topView.get(user) ?? '');
  if (top === undefined) return;
  workspace.views.delete(top.id);
  const below = top.previous === undefined ? undefined : workspace.views.get(top.previous);
  if (below === undefined) workspace.topView.delete(user);
  else workspace.topView.set(user, below.id);
  workspace.feed.tell({ kind: 'view', user, view: below });
}

/** Closes every modal of the user. */
export function closeAll(workspace: Workspace, user: string): void {
  while (workspace.topView.has(user)) closeTop(workspace, user);
}

/** This view and those below it, topmost first. */
export function stackOf(workspace: Workspace, view: View): View[] {
  const stack: View[] = [];
  for (let one: View | undefined = view; one !== undefined; one = workspace.views.get(one.previous ?? ''))
    stack.push(one);
  return stack;
}

/** How many modals lie on each other up to this one. */
export function depthOf(workspace: Workspace, view: View): number {
  return stackOf(workspace, view).length;
}
