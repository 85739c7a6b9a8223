import { Refusal } from '../refusal.ts';
import type { Channel } from '../workspace/channel.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Refuses unless the app holds the scope for this kind of conversation: `channels:…` for public, `groups:…` for private ones. */
export function needScopeFor(workspace: Workspace, channel: Channel, verb: 'read' | 'history'): void {
  const needed = `${channel.kind === 'public' ? 'channels' : 'groups'}:${verb}`;
  const provided = workspace.manifest.botScopes;
  if (!provided.includes(needed)) throw new Refusal('missing_scope', { needed, provided: provided.join(',') });
}
