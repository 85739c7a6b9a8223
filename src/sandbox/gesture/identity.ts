import { Refusal } from '../refusal.ts';
import { appId } from '../workspace/person.ts';
import type { Channel } from '../workspace/channel.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The channel as this user sees it; refuses when the user is not in it. */
export function channelFor(workspace: Workspace, user: string, id: string): Channel {
  const channel = workspace.channels.get(id);
  workspace.person(user);
  if (channel === undefined || !channel.members.has(user)) throw new Refusal('channel_not_found');
  return channel;
}

/** The part that all interaction payloads have (https://docs.slack.dev/reference/interaction-payloads). */
export function interactionBase(workspace: Workspace, user: string): Record<string, unknown> {
  const person = workspace.person(user);
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: workspace.team.id },
    api_app_id: appId,
    token: 'practice-verification-token',
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: workspace.triggers.issue(user),
  };
}
