import type { Desk } from '../gesture/desk.ts';
import { botUserId } from '../workspace/person.ts';
import type { Change } from '../workspace/feed.ts';
import type { Message } from '../workspace/message.ts';
import { fileObject } from '../workspace/stored-file.ts';
import { viewObject } from '../workspace/view.ts';
import type { View } from '../workspace/view.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { TourStop } from './tour.ts';

/** Everything one user may see, for a page that has just been opened. */
export function snapshot({ workspace, courier }: Desk, user: string, tour: readonly TourStop[]): unknown {
  const channels = [...workspace.channels.values()].filter((channel) => channel.members.has(user));
  return {
    kind: 'snapshot',
    user,
    team: workspace.team,
    appName: workspace.manifest.appName,
    appUser: botUserId,
    commands: workspace.manifest.commands,
    tour,
    shortcuts: workspace.manifest.shortcuts,
    homeTab: workspace.manifest.homeTab,
    messagesTab: workspace.manifest.messagesTab,
    connected: courier.connected,
    people: [...workspace.people.values()].map(({ id, name, realName, role, signsIn }) => ({
      id,
      name,
      realName,
      role,
      signsIn,
    })),
    groups: workspace.groups.map(({ id, handle }) => ({ id, handle })),
    channels: channels.map(({ id, name, purpose, kind, members }) => ({
      id,
      name,
      purpose,
      kind,
      members: [...members],
    })),
    messages: channels.flatMap((channel) =>
      workspace
        .messagesOf(channel.id)
        .filter((message) => visible(message, user))
        .map((message) => seen(workspace, message)),
    ),
    statuses: workspace.statuses.filter(({ channel }) => channels.some(({ id }) => id === channel)),
    view: shown(workspace, workspace.views.get(workspace.topView.get(user) ?? '')),
    home: shown(workspace, workspace.views.get(workspace.homes.get(user) ?? '')),
  };
}

/** The change as this user's page gets it; undefined when it is none of the user's business. */
export function project({ workspace, courier }: Desk, user: string, change: Change): unknown {
  switch (change.kind) {
    case 'message': {
      const inside = workspace.channels.get(change.message.channel)?.members.has(user) === true;
      return inside && visible(change.message, user)
        ? { kind: 'message', message: seen(workspace, change.message) }
        : undefined;
    }
    case 'removed':
    case 'channels':
      return change;
    case 'status':
      return workspace.channels.get(change.channel)?.members.has(user) === true ? change : undefined;
    case 'connections':
      return { kind: 'connections', connected: courier.connected };
    case 'home':
      if (change.user !== user) return undefined;
      return { kind: 'home', view: shown(workspace, workspace.views.get(workspace.homes.get(user) ?? '')) };
    case 'view':
      return change.user === user ? { kind: 'view', view: shown(workspace, change.view) } : undefined;
    case 'errors':
    case 'notice':
      return change.user === user ? change : undefined;
  }
}

function visible(message: Message, user: string): boolean {
  return message.only === undefined || message.only === user;
}

function seen(workspace: Workspace, message: Message): unknown {
  const files = (message.files ?? []).flatMap((id) => {
    const file = workspace.files.get(id);
    return file ? [fileObject(file, '', message.user)] : [];
  });
  return { ...message, files };
}

function shown(workspace: Workspace, view: View | undefined): unknown {
  return view ? viewObject(view, workspace.team.id) : null;
}
