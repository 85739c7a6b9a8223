import type { Desk } from '../gesture/desk.ts';
import { botUserId } from '../workspace/person.ts';
import { fileObject } from '../workspace/stored-file.ts';
import { viewObject } from '../workspace/view.ts';

/** Everything the workspace holds, as JSON: for tests, never for the app. */
export function stateDump({ workspace, connections }: Desk): unknown {
  return {
    team: workspace.team,
    users: [...workspace.people.values()],
    groups: workspace.groups,
    channels: [...workspace.channels.values()].map((channel) => ({
      ...channel,
      members: [...channel.members],
      messages: workspace.messagesOf(channel.id),
    })),
    files: [...workspace.files.values()].map((file) => ({
      ...fileObject(file, workspace.base, botUserId),
      uploaded: file.bytes !== undefined,
      completed: file.completed,
      processed: file.processed,
    })),
    views: Object.fromEntries(
      [...workspace.topView].map(([user, id]) => {
        const view = workspace.views.get(id);
        return [user, view ? viewObject(view, workspace.team.id) : null];
      }),
    ),
    homes: Object.fromEntries(
      [...workspace.homes].map(([user, id]) => {
        const view = workspace.views.get(id);
        return [user, view ? viewObject(view, workspace.team.id) : null];
      }),
    ),
    connections: connections.ready,
    envelopes: connections.envelopes,
    activeMentions: workspace.record.markup.filter((one) => one.kind !== 'link'),
    activeLinks: workspace.record.markup.filter((one) => one.kind === 'link'),
    chaos: workspace.chaos,
    ratesEnabled: workspace.rates.enabled,
  };
}
